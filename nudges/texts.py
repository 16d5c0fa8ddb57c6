"""The texts that staff keep, fallback templates and prompts: their rules and versions, and how they look filled in."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from learners.channels import Channel

from . import placeholders
from .facts import render, sample_facts, unknown_facts
from .models import FallbackTemplate, NudgeType, Prompt
from .situations import QUIZ, SEEN
from .writers import Author, Problem, check_text
from .writers.draft_rules import LONGEST_BODY
from .writers.many_writer import request_values as values_for_many
from .writers.nudge_writer import request_values

VERSIONED = {FallbackTemplate: ("subject", "body"), Prompt: ("system", "user")}
SAMPLE_TOPIC = "Loops in Python"
_WORD_IN_BRACES = re.compile(r"\s*[^\W\d][\w.!\s-]*\Z")


@dataclass(frozen=True)
class Reading:
    """A template as one learner reads it. `length` and `limit` are characters."""

    subject: str
    body: str
    length: int
    limit: int


def template_problems(*, channel: str, language: str, subject: str, body: str) -> list[Problem]:
    """The problems of a template, which is written for everybody: held against a learner with every fact."""
    return check_text(
        subject=subject,
        body=body,
        channel=channel,
        language=language,
        facts=sample_facts(language),
        author=Author.TEMPLATE,
    )


def template_readings(*, channel: str, language: str, subject: str, body: str) -> list[Reading]:
    """How it reads to a learner of whom all is known, and to one of whom nothing is. The second is left out when the
    template names a fact that may be absent: that learner gets another template. Empty when it can't be filled."""
    readings = []
    for facts in (sample_facts(language), unknown_facts(language)):
        try:
            filled = render(subject, facts), render(body, facts)
        except placeholders.FactMissing:
            continue
        readings.append(Reading(*filled, length=len(filled[1]), limit=LONGEST_BODY[Channel(channel)]))
    return readings


def prompt_problems(*, purpose: str, system: str, user: str) -> list[Problem]:
    """The problems of a prompt. Braces around other things than one word are JSON, and no placeholder."""
    variables = [placeholder.name for placeholder in placeholders.PROMPT_PLACEHOLDERS[purpose]]
    writes_nudges = purpose in (Prompt.Purpose.NUDGE, Prompt.Purpose.BULK)
    known = variables + list(placeholders.PLACEHOLDERS) if writes_nudges else variables
    named = [name for name in placeholders.names_in(f"{system}\n{user}") if _WORD_IN_BRACES.match(name)]
    unknown = [name for name in named if name not in known]
    problems = []
    if unknown:
        problems.append(
            Problem(
                "unknown_placeholder",
                _("There is no placeholder {%(name)s}. These can be used: %(known)s.")
                % {"name": unknown[0][:40], "known": ", ".join(f"{{{name}}}" for name in known)},
            )
        )
    if purpose == Prompt.Purpose.QUIZ and "topic" not in placeholders.names_in(user):
        problems.append(Problem("topic_missing", _("Put {topic} into the request: else nobody knows what to ask.")))
    return problems


def prompt_reading(*, purpose: str, user: str) -> str:
    """The request as it goes out for a made-up learner, or a made-up situation."""
    if purpose == Prompt.Purpose.QUIZ:
        values = {"topic": SAMPLE_TOPIC, "difficulty": "easy", "language": "English"}
    elif purpose == Prompt.Purpose.BULK:
        values = values_for_many(
            channel=Channel.IN_APP,
            type=NudgeType.REMINDER,
            language=settings.LANGUAGE_CODE,
            situation=QUIZ | SEEN,
            arm="a",
        )
    else:
        values = request_values(
            sample_facts(), channel=Channel.IN_APP, type=NudgeType.REMINDER, language=settings.LANGUAGE_CODE
        )
    return placeholders.fill_known(user, values)


def save_text(row: FallbackTemplate | Prompt) -> None:
    """Store a template or prompt. Its version grows by one whenever what it says has changed, and only then."""
    fields = VERSIONED[type(row)]
    for field in fields:  # browsers send other line ends than people typed
        setattr(row, field, getattr(row, field).replace("\r\n", "\n"))
    with transaction.atomic():
        stored = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
        if stored is not None:
            has_changed = any(getattr(row, field) != getattr(stored, field) for field in fields)
            row.version = stored.version + has_changed
        row.save()
