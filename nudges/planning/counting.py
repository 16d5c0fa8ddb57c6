"""Who of an audience gets which text, and who does not, and why: shown before a bulk nudge, and then done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.conf import settings

from learners.channels import Channel
from learners.models import Learner
from learners.querysets import LearnerQuerySet

from .. import gate
from ..audience import Audience
from ..facts import facts_for, render, sample_facts
from ..gate import Code, Purpose
from ..models import NudgeBatch
from ..placeholders import FactMissing
from ..services import text_problems, tidy
from ..writers.draft_rules import LONGEST_BODY, Problem

CHUNK = 1000
NAMES_SHOWN = 100
PLANNED = 20_000  # of a larger audience these are counted while a person waits; all are decided when queued

# Why a learner of a batch can't be sent its text: stored like the gate's codes.
FACT_MISSING = "fact_missing"
TOO_LONG = "too_long"


@dataclass(frozen=True)
class Text:
    """What all learners of one language are to read, with its placeholders, and where it came from."""

    subject: str
    body: str
    source: str
    fallback_reason: str = ""
    template_id: int | None = None
    template_version: int | None = None
    prompt_id: int | None = None
    prompt_version: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: str = "0"  # once for the batch, however many read it; a decimal
    edited: bool = False

    def with_words(self, *, subject: str, body: str, channel: str) -> Text:
        """The same text after a person's hand."""
        subject, body = tidy(subject=subject, body=body, channel=channel)
        edited = self.edited or (subject, body) != (self.subject, self.body)
        return replace(self, subject=subject, body=body, edited=edited)


@dataclass(frozen=True)
class Outcome:
    """What one learner gets, or the code of the reason why not."""

    learner: Learner
    language: str
    code: str
    subject: str = ""
    content: str = ""

    @property
    def go(self) -> bool:
        return self.code in (Code.ALLOWED, Code.QUIET_HOURS)


@dataclass(frozen=True)
class Side:
    """Learners to whom the same happens, some of them by name."""

    code: str
    count: int
    learners: list[Learner]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.learners)


@dataclass
class Plan:
    """Both sides of a batch, counted: how many would get it now, and how many would not, by the code of the reason."""

    matching: int = 0  # all that the audience names, counted or not
    going: int = 0
    not_going: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[Learner]] = field(default_factory=dict)  # the first NAMES_SHOWN of each code

    def count(self, outcome: Outcome) -> None:
        if outcome.go:
            self.going += 1
        else:
            self.not_going[outcome.code] += 1
        named = self.names.setdefault(outcome.code, [])
        if len(named) < NAMES_SHOWN:
            named.append(outcome.learner)

    @property
    def total(self) -> int:
        return self.going + self.staying

    @property
    def uncounted(self) -> int:
        return max(self.matching - self.total, 0)

    @property
    def staying(self) -> int:
        return self.not_going.total()

    @property
    def sides(self) -> list[Side]:
        """Who gets it, then the reasons why others do not, the most frequent first."""
        counts = [(str(Code.ALLOWED), self.going), *self.not_going.most_common()]
        return [Side(code, count, self.names[code]) for code, count in counts if count]


def plan(batch: NudgeBatch, *, texts: Mapping[str, Text], now: datetime) -> Plan:
    """Both sides, were it sent now with these texts, of the first PLANNED learners. Raises AudienceInvalid.

    Two queries for every CHUNK learners, and one.
    """
    audience = learners_of(batch)
    counted = Plan(matching=audience.order_by().count())
    for learners in islice(_chunks(audience), PLANNED // CHUNK):
        for outcome in outcomes(batch, learners, texts=texts, now=now):
            counted.count(outcome)
    return counted


def outcome_at(batch: NudgeBatch, position: int, *, texts: Mapping[str, Text], now: datetime) -> Outcome | None:
    """What the learner at this place gets, counted from 0 by primary key; None when there is none."""
    learners = list(learners_of(batch)[position : position + 1])
    return next(iter(outcomes(batch, learners, texts=texts, now=now)), None)


def outcomes(batch: NudgeBatch, learners: list[Learner], *, texts: Mapping[str, Text], now: datetime) -> list[Outcome]:
    """What each of these learners (with program and owner) gets or why not, in one query."""
    decisions = gate.decide_for(
        [learner.pk for learner in learners],
        channel=batch.channel,
        now=now,
        purpose=Purpose(
            is_automatic=Audience.from_json(batch.audience).is_automatic,
            is_approved=True,
        ),
    )
    return [
        _outcome(learner, decisions[learner.pk].code, channel=batch.channel, texts=texts, now=now)
        for learner in learners
        if learner.pk in decisions
    ]


def texts_of(batch: NudgeBatch) -> dict[str, Text]:
    return {language: Text(**stored) for language, stored in batch.texts.items()}


def learners_of(batch: NudgeBatch) -> LearnerQuerySet:
    """The audience as it is now, by primary key, with what a text needs. Raises AudienceInvalid."""
    meant = Audience.from_json(batch.audience).learners(batch.created_by)
    return meant.select_related("program", "owner")


def problems_of(text: Text, *, channel: str, language: str) -> list[Problem]:
    """What is wrong with a text, whoever reads it. It may not link to one course: its readers may have another."""
    everyone = replace(sample_facts(language), link=settings.SITE_URL)
    return text_problems(everyone, channel=channel, subject=text.subject, body=text.body)


def _outcome(learner: Learner, code: str, *, channel: str, texts: Mapping[str, Text], now: datetime) -> Outcome:
    language = _language_for(learner, texts)
    facts = facts_for(learner, now, language=language, recent_templates=())
    text = texts[language]
    try:
        subject, content = render(text.subject, facts), render(text.body, facts)
    except FactMissing:
        return Outcome(learner, language, FACT_MISSING if code == Code.ALLOWED else code)
    if len(content) > LONGEST_BODY[Channel(channel)] and code == Code.ALLOWED:
        code = TOO_LONG
    return Outcome(learner, language, code, subject=subject, content=content)


def _language_for(learner: Learner, texts: Mapping[str, Text]) -> str:
    """The learner's own language if there is a text in it, else the site's, else the only one there is."""
    for language in (learner.language, settings.LANGUAGE_CODE):
        if language in texts:
            return language
    return next(iter(texts))


def _chunks(learners: LearnerQuerySet) -> Iterator[list[Learner]]:
    reached = 0
    while chunk := list(learners.filter(pk__gt=reached)[:CHUNK]):
        yield chunk
        reached = chunk[-1].pk
