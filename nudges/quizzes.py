"""Makes a quiz for a learner: by the language model if what it gives is a quiz, else from questions of our own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from learners.models import Learner

from . import placeholders
from .facts import one_line
from .models import Prompt, Quiz, Source
from .quiz_rules import Question, QuizMisshapen, read_quiz
from .quiz_templates import questions_for
from .writers import openai_writer
from .writers.draft import Usage
from .writers.failures import WriterFailed, log_fallback
from .writers.links import contacts_in
from .writers.prompts import prompt_in_use
from .writers.reading import any_of, in_words

LONGEST_TOPIC = 200  # characters
_TEXT: dict[str, Any] = {"type": "string"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "questions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "question": _TEXT,
                    "options": {"type": "array", "items": _TEXT},
                    "answer": {"type": "integer"},
                    "explanation": _TEXT,
                },
                "required": ["question", "options", "answer", "explanation"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["questions"],
    "additionalProperties": False,
}


class QuizRefused(Exception):  # noqa: N818 (reads as what happened)
    """What was asked for is no quiz. `errors` is {field: [sentences]}."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True)
class _Written:
    questions: tuple[Question, ...]
    source: Source
    usage: Usage
    fallback_reason: str = ""


def generate_quiz(*, learner: Learner, topic: str, difficulty: str, now: datetime) -> Quiz:
    """A stored quiz of 3 to 5 questions in the learner's language. Raises QuizRefused for a topic that is empty or too
    long, and for an unknown difficulty. Calls out to the network: never call it inside a transaction."""
    topic = _checked(topic, difficulty)
    prompt = None
    try:
        openai_writer.require_key()
        prompt = prompt_in_use(Prompt.Purpose.QUIZ)
        written = _by_model(prompt, learner=learner, topic=topic, difficulty=difficulty)
    except WriterFailed as failure:
        log_fallback("quiz", failure)
        questions = questions_for(topic=topic, difficulty=difficulty, language=learner.language)
        written = _Written(questions, Source.TEMPLATE, failure.usage, failure.code)
    return Quiz.objects.create(
        learner=learner,
        topic=topic,
        difficulty=difficulty,
        questions=[question.as_json() for question in written.questions],
        source=written.source,
        fallback_reason=written.fallback_reason,
        prompt_version=prompt.label if prompt else "",
        model=written.usage.model,
        tokens_in=written.usage.tokens_in,
        tokens_out=written.usage.tokens_out,
        cost_usd=written.usage.cost_usd,
        created_at=now,
    )


def _by_model(prompt: Prompt, *, learner: Learner, topic: str, difficulty: str) -> _Written:
    if _is_private(topic, learner):
        raise WriterFailed("private_topic")
    with translation.override("en"):
        language = str(dict(settings.LANGUAGES)[learner.language])
    answer = openai_writer.ask(
        system=prompt.system,
        user=placeholders.fill_known(prompt.user, {"topic": topic, "difficulty": difficulty, "language": language}),
        schema_name="quiz",
        schema=SCHEMA,
    )
    try:
        questions = read_quiz(answer.content.get("questions"), language=learner.language)
    except QuizMisshapen as misshapen:
        raise WriterFailed(f"rejected_{misshapen.code}", usage=answer.usage) from misshapen
    return _Written(questions, Source.AI, answer.usage)


def _checked(topic: str, difficulty: str) -> str:
    """The topic on one line, or QuizRefused with everything that is wrong."""
    errors: dict[str, list[str]] = {}
    topic = one_line(topic)
    if not topic:
        errors["topic"] = [_("Say what the quiz is about.")]
    elif len(topic) > LONGEST_TOPIC:
        errors["topic"] = [_("Shorten the topic to %d characters.") % LONGEST_TOPIC]
    if difficulty not in Quiz.Difficulty.values:
        known = ", ".join(Quiz.Difficulty.values)
        errors["difficulty"] = [_("Choose one of: %s.") % known]
    if errors:
        raise QuizRefused(errors)
    return topic


def _is_private(topic: str, learner: Learner) -> bool:
    """Whether a topic tells the provider who the learner is: their name, id, or any address or phone number."""
    contacts = contacts_in(topic)
    if contacts.emails or contacts.phones:
        return True
    names = {word.strip(".,") for word in in_words(learner.name).split()} | {in_words(learner.uid)}
    # Bengali adds its endings to a name.
    patterns = frozenset(name if name.isascii() else f"{name}*" for name in names if len(name) > 2)
    return bool(patterns and any_of(patterns).search(in_words(topic)))
