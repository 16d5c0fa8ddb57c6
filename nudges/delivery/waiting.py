"""Which nudges are due, and in which order they leave: what a person or the API asked for, then batch after batch."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from ..models import PRIORITY, Nudge, NudgeBatch
from ..querysets import NudgeQuerySet
from ..states import State

# A batch is done when nothing of it waits. One that hung while it was being sent may be queued again by a person.
COMES_BACK_WITHIN = timedelta(days=30)


def due(channel: str, *, now: datetime) -> NudgeQuerySet:
    return Nudge.objects.filter(state=State.QUEUED, channel=channel, due_at__lte=now)


def anything_due(channel: str, *, now: datetime) -> bool:
    return any(part.exists() for part in _parts(channel, now=now))


def hold_due(channel: str, *, limit: int, now: datetime, only: int | None = None) -> list[Nudge]:
    """Up to so many nudges that are due, in their order, no two of one learner; `only` asks for one of them.

    On PostgreSQL their rows and their learners' are held until the transaction ends, and rows that others hold are
    passed over: whoever delivers never waits, so it takes part in no circle of waiting. On SQLite the transaction holds
    everything.
    """
    found: dict[int, Nudge] = {}
    for part in _parts(channel, now=now):
        wanted = part if only is None else part.filter(pk=only)
        held = wanted.select_for_update(skip_locked=True, no_key=True, of=("self", "learner")).select_related(
            "learner__program", "learner__owner", "wording", "template"
        )
        for nudge in held[: limit - len(found)]:
            found.setdefault(nudge.learner_id, nudge)
        if len(found) >= limit:
            break
    return list(found.values())


def live_batches(*, now: datetime) -> QuerySet[NudgeBatch]:
    """Those that may send now: not paused, not cancelled, and their campaign switched on."""
    running = Q(status=NudgeBatch.Status.RUNNING)
    just_done = Q(status=NudgeBatch.Status.DONE, finished_at__gt=now - COMES_BACK_WITHIN)
    return NudgeBatch.objects.filter(running | just_done).filter(Q(campaign=None) | Q(campaign__is_on=True))


def _parts(channel: str, *, now: datetime) -> Iterator[NudgeQuerySet]:
    """Each is a range of one index, so that a paused batch of a million costs nothing."""
    yield due(channel, now=now).filter(batch=None).order_by("priority", "due_at", "id")
    whens = [When(origin=origin, then=Value(priority)) for origin, priority in PRIORITY.items()]
    live = (
        live_batches(now=now)
        .filter(Exists(due(channel, now=now).filter(batch=OuterRef("pk"))))
        .annotate(priority=Case(*whens, output_field=IntegerField()))
        .order_by("priority", "pk")
        .values_list("pk", flat=True)
    )
    for batch_id in live:
        yield due(channel, now=now).filter(batch=batch_id).order_by("due_at", "id")
