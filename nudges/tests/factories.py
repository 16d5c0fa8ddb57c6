import factory

from learners.tests.factories import LearnerFactory
from nudges import models


class FallbackTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FallbackTemplate

    slug = factory.Sequence(lambda n: f"template-{n}")
    channel = "in-app"
    type = "reminder"
    language = "en"
    body = "Hi {first_name}, continue here: {link} – {coordinator}"


class PromptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Prompt

    slug = factory.Sequence(lambda n: f"prompt-{n}")
    purpose = "nudge"
    system = "Write to {first_name}. Answer with JSON."
    user = "{type} by {channel} in {language}, at most {max_characters} characters.\n{facts}"


class NudgeFactory(factory.django.DjangoModelFactory):
    """A draft, as a writer made it."""

    class Meta:
        model = models.Nudge

    learner = factory.SubFactory(LearnerFactory)
    channel = "in-app"
    type = "reminder"
    language = "en"
    body = "Hi {first_name}, shall we go on?"
    source = "template"


class QuizFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Quiz

    learner = factory.SubFactory(LearnerFactory)
    topic = "Loops"
    difficulty = "easy"
    questions = factory.LazyFunction(
        lambda: [{"question": "?", "options": ["a", "b", "c"], "answer": 0, "explanation": "because"}]
    )
    source = "template"
