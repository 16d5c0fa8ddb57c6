"""The words in braces that a text may hold: `{first_name}`. Pure; a text is filled in one pass, never formatted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PATTERN = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Placeholder:
    name: str
    description: str | Promise
    sample: str
    may_be_absent: bool = False


PLACEHOLDERS = {
    placeholder.name: placeholder
    for placeholder in (
        Placeholder("first_name", _("What the learner is called"), "Riya"),
        Placeholder("program", _("The program’s name"), "Python Basics"),
        Placeholder("coordinator", _("Who signs the message"), "Mitali Sen"),
        Placeholder("link", _("The address where the learner continues"), "https://learn.example.org/python"),
        Placeholder(
            "completed_percent", _("Of the work due so far, the percentage handed in"), "45", may_be_absent=True
        ),
        Placeholder("quiz_average", _("The average of the quizzes, from 0 to 100"), "65.5", may_be_absent=True),
        Placeholder("missed_sessions", _("How many sessions were missed in a row"), "3", may_be_absent=True),
        Placeholder("days_since_seen", _("Whole days since the learner was last seen"), "12", may_be_absent=True),
        Placeholder("task", _("The lesson or session that this is about"), "Loops in Python", may_be_absent=True),
        Placeholder(
            "deadline", _("By when, in the learner’s own day: of a session with its hour"), "today", may_be_absent=True
        ),
        Placeholder("minutes", _("How many minutes the task takes"), "20", may_be_absent=True),
    )
}


# What a prompt may hold besides: facts about the request, none about a person. The placeholders above stay as they are
# in a prompt, so that it can name them to the model.
PROMPT_PLACEHOLDERS = {
    "nudge": (
        Placeholder("language", _("The language to write in"), "Bengali"),
        Placeholder("channel", _("How it is sent"), "SMS"),
        Placeholder("type", _("The type of nudge"), "Quiz reminder"),
        Placeholder("max_characters", _("The most characters that the channel allows"), "300"),
        Placeholder("facts", _("What is known about the learner, in numbers, without identity"), "quiz_average: 65.5"),
    ),
    "bulk": (
        Placeholder("language", _("The language to write in"), "Bengali"),
        Placeholder("channel", _("How it is sent"), "SMS"),
        Placeholder("type", _("The type of nudge"), "Quiz reminder"),
        Placeholder("max_characters", _("The most characters that the channel allows"), "300"),
        Placeholder("facts", _("Which placeholders may be used, and what is low or long"), "{quiz_average}: low"),
        Placeholder("variant", _("Which of two different messages this is, where two are compared"), ""),
    ),
    "quiz": (
        Placeholder("language", _("The language to write in"), "Bengali"),
        Placeholder("topic", _("What the quiz is about"), "Loops in Python"),
        Placeholder("difficulty", _("Easy, medium or hard"), "easy"),
    ),
}


class FactMissing(Exception):  # noqa: N818 (reads as what happened)
    """A text names a fact that this learner has no value for, or that does not exist. `name` is the placeholder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no value for {{{name}}}.")
        self.name = name


def names_in(text: str) -> list[str]:
    """What stands between braces, in order of appearance, each once: known or not."""
    return list(dict.fromkeys(PATTERN.findall(text)))


def has_stray_brace(text: str) -> bool:
    """A brace that belongs to no pair, such as `{first_name` or `{{first_name}}`."""
    return bool(re.search(r"[{}]", PATTERN.sub("", text)))


def fill_known(text: str, values: Mapping[str, str | None]) -> str:
    """The text with the placeholders that have a value replaced, and all others left as they are."""

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else value

    return PATTERN.sub(value_of, text)


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """The text with each placeholder replaced. A value is literal, even if it holds braces itself.

    Raises FactMissing instead of writing "None", or a placeholder, to a learner.
    """

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            raise FactMissing(match[1])
        return value

    return PATTERN.sub(value_of, text)
