"""A draft before it goes: both sides, counted for its whole audience, and exactly what any one learner would read."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.core.cache.backends.locmem import LocMemCache
from django.db import transaction

from learners.channels import Channel
from learners.models import Learner
from learners.sql import rows

from .. import planning
from ..audience import Audience
from ..facts import facts_for, render
from ..gate import Code
from ..models import NudgeBatch, Wording
from ..placeholders import FactMissing, fill_known
from ..planning import Plan
from ..planning.stating import stated
from ..reasons import FACT_MISSING, TOO_LONG
from ..writers.draft_rules import LONGEST_BODY

# While somebody types, counting a large audience at each pause would be felt. Each process remembers for itself.
REMEMBERED_SECONDS = 60
_remembered = LocMemCache("nudges.batches.previewing", {})


@dataclass(frozen=True)
class Reading:
    """What one learner would get, or the code of the reason why not; then what they would have read, if it is known."""

    learner: Learner
    code: str
    channel: str
    language: str
    subject: str = ""
    content: str = ""

    @property
    def go(self) -> bool:
        return self.code == Code.ALLOWED


def count_sides(batch: NudgeBatch, *, now: datetime) -> Plan:
    """Both sides, were it started now. Raises AudienceInvalid."""
    plan = planning.preview(batch, now=now)
    _remembered.set(_key(batch), plan, REMEMBERED_SECONDS)
    return plan


def sides_lately(batch: NudgeBatch, *, now: datetime) -> Plan:
    """The same, of up to a minute ago where no change of the texts since then can have moved anybody."""
    return _remembered.get(_key(batch)) or count_sides(batch, now=now)


def reading_at(batch: NudgeBatch, position: int, *, now: datetime) -> Reading | None:
    """What the learner at this place gets, counted from 0 by primary key; None when there is none.

    Decided by the same statements as when it starts, for this learner alone.
    """
    audience = Audience.from_json(batch.audience).learners(batch.created_by)
    learner = audience.select_related("program", "owner")[position : position + 1].first()
    if learner is None:
        return None
    alone = copy(batch)
    alone.audience = Audience(uids=(learner.uid,)).as_json()
    with transaction.atomic(), stated(alone, now=now) as table:
        found = rows(f"SELECT code, channel, language, goal, wording_id FROM {table}")  # noqa: S608 (our own name)
    code, channel, language, goal, wording_id = found[0]
    wording = batch.wordings.filter(pk=wording_id).first()
    reading = Reading(learner, code, channel=channel, language=wording.language if wording else language)
    return _filled(reading, wording, goal, now=now) if wording else reading


def _filled(reading: Reading, wording: Wording, goal: str, *, now: datetime) -> Reading:
    facts = facts_for(reading.learner, now, language=wording.language, recent_templates=(), goal=goal)
    code = reading.code
    try:
        subject, content = render(wording.subject, facts), render(wording.body, facts)
    except FactMissing:
        subject, content = fill_known(wording.subject, facts.values), fill_known(wording.body, facts.values)
        code = FACT_MISSING if reading.go else code
    if len(content) > LONGEST_BODY[Channel(reading.channel)] and code == Code.ALLOWED:
        code = TOO_LONG
    return replace(reading, code=code, subject=subject, content=content)


def _key(batch: NudgeBatch) -> str:
    """What decides who gets something: not the words, but which facts they name, and whether a hand was at them."""
    wordings = batch.wordings.values_list("channel", "language", "situation", "arm", "turn", "needs", "edited")
    return sha256(repr((str(batch.uuid), batch.audience, list(wordings))).encode()).hexdigest()
