"""One text to many learners: count both sides first, then queue by the thousand, each learner through the gate.

A batch is queued in steps of CHUNK learners. Each step is one short transaction, which also moves the batch's `reached`
on: a batch of any size locks nobody out for long, and one that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from learners.channels import Channel
from learners.models import Learner
from learners.querysets import LearnerQuerySet

from . import gate
from .audience import Audience
from .facts import facts_for, render, sample_facts
from .models import Nudge, NudgeBatch, NudgeEvent
from .placeholders import FactMissing
from .rules import Code
from .services import TextRefused, text_problems, tidy
from .states import State
from .writers import write_nudge
from .writers.draft_rules import LONGEST_BODY, Problem

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
        return self.code == Code.ALLOWED


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


def draft_batch(
    *,
    audience: Audience,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    by: User | None,
    not_again: tuple[int, ...] = (),
) -> NudgeBatch:
    """A new draft for an audience, in `language`, or with "" in each language that its learners speak.

    `not_again` names the templates that were seen and not wanted.

    Raises WriterFailed, and AudienceInvalid. Calls out to the network: never call it inside a transaction.
    """
    spoken = [language] if language else _languages(audience.learners(by))
    texts: dict[str, Text] = {}
    for code in spoken:
        written_in, text = _write(channel=channel, type=type, language=code, not_again=not_again)
        texts.setdefault(written_in, text)
    return NudgeBatch.objects.create(
        audience=audience.as_json(),
        channel=channel,
        type=type,
        own_language=not language,
        texts={code: asdict(text) for code, text in texts.items()},
        created_by=by,
    )


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
        is_automatic=Audience.from_json(batch.audience).is_automatic,
    )
    return [
        _outcome(learner, decisions[learner.pk].code, channel=batch.channel, texts=texts, now=now)
        for learner in learners
        if learner.pk in decisions
    ]


def start_batch(batch: NudgeBatch, *, texts: Mapping[str, Text]) -> NudgeBatch:
    """Let a draft go with these texts. One that has started already is left as it is: asking twice sends once.

    Raises TextRefused for what no learner's facts could mend.
    """
    problems = [
        problem
        for language, text in texts.items()
        for problem in problems_of(text, channel=batch.channel, language=language)
    ]
    if problems:
        raise TextRefused(problems)
    NudgeBatch.objects.filter(pk=batch.pk, started_at=None).update(
        started_at=timezone.now(), texts={code: asdict(text) for code, text in texts.items()}
    )
    batch.refresh_from_db()
    return batch


def discard_batch(batch: NudgeBatch) -> None:
    """Throw a draft away. One that was sent stays."""
    NudgeBatch.objects.filter(pk=batch.pk, started_at=None).delete()


def queue_batch(batch: NudgeBatch, *, max_chunks: int) -> bool:
    """Queue up to so many chunks of a started batch; True when it is finished. What is left, the worker does."""
    return any(queue_chunk(batch.pk) for _ in range(max_chunks))


def queue_chunk(batch_pk: int) -> bool:
    """Queue or suppress the next CHUNK learners in one transaction, in a fixed number of queries. True when finished.

    Whoever comes second waits for the row of the batch, and goes on where the first stopped.
    """
    with transaction.atomic():
        batch = NudgeBatch.objects.select_for_update().get(pk=batch_pk)
        if batch.started_at is None or batch.finished_at is not None:
            return batch.finished_at is not None
        learners = list(learners_of(batch).filter(pk__gt=batch.reached)[:CHUNK])
        gate.lock(learner.pk for learner in learners)
        now = timezone.now()
        decided = outcomes(batch, learners, texts=texts_of(batch), now=now)
        _store(batch, decided, now=now)
        if learners:
            batch.reached = learners[-1].pk
        if len(learners) < CHUNK:
            batch.finished_at = now
        batch.save(update_fields=["reached", "finished_at"])
    return batch.finished_at is not None


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


def _store(batch: NudgeBatch, decided: list[Outcome], *, now: datetime) -> None:
    texts = texts_of(batch)
    nudges = Nudge.objects.bulk_create(_nudge(batch, outcome, texts[outcome.language], now=now) for outcome in decided)
    NudgeEvent.objects.bulk_create(
        NudgeEvent(nudge=nudge, state=nudge.state, reason=nudge.reason, by_id=batch.created_by_id) for nudge in nudges
    )


def _nudge(batch: NudgeBatch, outcome: Outcome, text: Text, *, now: datetime) -> Nudge:
    return Nudge(
        batch=batch,
        learner=outcome.learner,
        channel=batch.channel,
        type=batch.type,
        language=outcome.language,
        state=State.QUEUED if outcome.go else State.SUPPRESSED,
        reason="" if outcome.go else outcome.code,
        subject=outcome.subject if outcome.go else text.subject,
        body=text.body,
        content=outcome.content if outcome.go else "",
        queued_at=now if outcome.go else None,
        source=text.source,
        fallback_reason=text.fallback_reason,
        edited=text.edited,
        template_id=text.template_id,
        template_version=text.template_version,
        prompt_id=text.prompt_id,
        prompt_version=text.prompt_version,
        model=text.model,
        created_by_id=batch.created_by_id,
    )


def _chunks(learners: LearnerQuerySet) -> Iterator[list[Learner]]:
    reached = 0
    while chunk := list(learners.filter(pk__gt=reached)[:CHUNK]):
        yield chunk
        reached = chunk[-1].pk


def _languages(learners: LearnerQuerySet) -> list[str]:
    spoken = set(learners.order_by().values_list("language", flat=True).distinct())
    return sorted(spoken, key=lambda code: (code != settings.LANGUAGE_CODE, code)) or [settings.LANGUAGE_CODE]


def _write(*, channel: str, type: str, language: str, not_again: tuple[int, ...]) -> tuple[str, Text]:  # noqa: A002
    """A text that fits everyone, and its language: written for a fact sheet without numbers, so that it names none."""
    facts = replace(
        sample_facts(language),
        completed_percent=None,
        quiz_average=None,
        missed_sessions=None,
        days_since_seen=None,
        recent_templates=not_again,
    )
    draft = write_nudge(facts=facts, channel=channel, type=type, language=language)
    return draft.template.language if draft.template else language, Text(
        subject=draft.subject,
        body=draft.body,
        source=draft.source,
        fallback_reason=draft.fallback_reason,
        template_id=draft.template.pk if draft.template else None,
        template_version=draft.template_version,
        prompt_id=draft.prompt.pk if draft.prompt else None,
        prompt_version=draft.prompt_version,
        model=draft.model,
        tokens_in=draft.tokens_in,
        tokens_out=draft.tokens_out,
        cost_usd=str(draft.cost_usd),
    )
