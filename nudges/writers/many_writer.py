"""Has the language model write one text for all learners in one situation: it is told neither names nor numbers."""

from dataclasses import fields, replace
from typing import Any, Final

from django.conf import settings
from django.utils import translation

from learners.channels import Channel

from .. import placeholders
from ..facts import FactSheet, sample_facts
from ..models import NudgeType, Prompt
from ..situations import COMPLETED, FACTS, MISSED, QUIZ, SEEN
from . import openai_writer
from .answers import Answer
from .draft import Draft
from .draft_rules import LONGEST_BODY
from .nudge_writer import SCHEMA, draft_from

WORTH_A_WORD: Final = {
    COMPLETED: "little of the work that is due has been handed in",
    QUIZ: "quizzes have been hard lately",
    MISSED: "several sessions in a row were missed",
    SEEN: "not seen for a week or longer",
}
OF_A_SHEET: Final = frozenset(field.name for field in fields(FactSheet))
NOTHING_WORTH_A_WORD: Final = "- Nothing stands out, and no number is known: use none."
VARIANTS: Final = {
    "a": "",
    "b": "This is the second of two messages that are compared: open it differently than one usually would, and ask "
    "for another kind of small next step.",
}


def ask_for_many(
    *,
    prompt: Prompt,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    situation: int,
    arm: str,
    deadline_seconds: float,
) -> Answer:
    """What the model answers, not checked yet. Raises WriterFailed. Touches no database."""
    values = request_values(channel=channel, type=type, language=language, situation=situation, arm=arm)
    return openai_writer.ask(
        system=prompt.system,
        user=placeholders.fill_known(prompt.user, values).strip(),
        schema_name="nudge",
        schema=SCHEMA,
        deadline_seconds=deadline_seconds,
    )


def read_for_many(answer: Answer, *, prompt: Prompt, channel: str) -> Draft:
    """The draft in an answer. Raises WriterFailed("bad_answer")."""
    return draft_from(answer, prompt=prompt, channel=channel)


def request_values(*, channel: str, type: str, language: str, situation: int, arm: str) -> dict[str, str]:  # noqa: A002
    """What the prompt's placeholders stand for, in English: of the learners nothing but what they have in common."""
    with translation.override("en"):
        named = [
            f"- {WORTH_A_WORD[bit]}; {{{name}}} stands for: {placeholders.PLACEHOLDERS[name].description}"
            for name, bit in FACTS.items()
            if bit in WORTH_A_WORD and situation & bit
        ]
        return {
            "language": str(dict(settings.LANGUAGES)[language]),
            "channel": str(Channel(channel).label),
            "type": str(NudgeType(type).label),
            "max_characters": str(LONGEST_BODY[Channel(channel)]),
            "facts": "\n".join(named) or NOTHING_WORTH_A_WORD,
            "variant": VARIANTS[arm],
        }


def facts_in(situation: int, language: str) -> FactSheet:
    """What a text for this situation is held against: samples of the facts that all its readers have, and no others.

    It may not link to one course: its readers may have another.
    """
    absent: dict[str, Any] = {name: None for name, bit in FACTS.items() if not situation & bit and name in OF_A_SHEET}
    return replace(sample_facts(language), link=settings.SITE_URL, **absent)
