"""One text to many learners: drafted once, then queued by the thousand, each learner through the gate.

A batch is queued in steps of CHUNK learners. Each step is one short transaction, which also moves the batch's `reached`
on: a batch of any size locks nobody out for long, and one that was cut off goes on where it stopped.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from learners.models import Learner
from learners.querysets import LearnerQuerySet

from . import gate
from .audience import Audience, AudienceInvalid
from .facts import sample_facts
from .models import Nudge, NudgeBatch, NudgeEvent
from .planning import CHUNK, Outcome, Text, learners_of, outcomes, problems_of, texts_of
from .services import TextRefused
from .states import State
from .writers import write_nudge

log = logging.getLogger(__name__)


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


def redraft_batch(batch: NudgeBatch, *, by: User | None) -> NudgeBatch:
    """Another draft in place of this one, from other templates where there are some. One that was sent stays.

    Raises WriterFailed, and then the draft stays, and AudienceInvalid. Calls out to the network: never call it inside a
    transaction.
    """
    if batch.started_at is not None:
        return batch
    other = draft_batch(
        audience=Audience.from_json(batch.audience),
        channel=batch.channel,
        type=batch.type,
        language="" if batch.own_language else next(iter(batch.texts)),
        by=by,
        not_again=tuple(text.template_id for text in texts_of(batch).values() if text.template_id),
    )
    discard_batch(batch)
    return other


def start_batch(batch: NudgeBatch, *, texts: Mapping[str, Text], by: User | None) -> NudgeBatch:
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
        started_at=timezone.now(), started_by=by, texts={code: asdict(text) for code, text in texts.items()}
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
        learners = _next_learners(batch)
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


def _next_learners(batch: NudgeBatch) -> list[Learner]:
    try:
        return list(learners_of(batch).filter(pk__gt=batch.reached)[:CHUNK])
    except AudienceInvalid:  # a cohort of the filter was deleted meanwhile: nobody can say any more who is meant
        log.warning("Bulk nudge %s ends early: its filter can't be read any more", batch.uuid)
        return []


def _store(batch: NudgeBatch, decided: list[Outcome], *, now: datetime) -> None:
    texts = texts_of(batch)
    nudges = Nudge.objects.bulk_create(_nudge(batch, outcome, texts[outcome.language], now=now) for outcome in decided)
    NudgeEvent.objects.bulk_create(
        NudgeEvent(nudge=nudge, state=nudge.state, reason=nudge.reason, by_id=batch.started_by_id) for nudge in nudges
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
        due_at=now if outcome.go else None,
        source=text.source,
        fallback_reason=text.fallback_reason,
        edited=text.edited,
        template_id=text.template_id,
        template_version=text.template_version,
        prompt_id=text.prompt_id,
        prompt_version=text.prompt_version,
        model=text.model,
        created_by_id=batch.started_by_id,
    )


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
        task=None,
        deadline=None,
        minutes=None,
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
