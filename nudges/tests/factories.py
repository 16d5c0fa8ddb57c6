import factory

from learners.tests.factories import LearnerFactory
from nudges import models


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
