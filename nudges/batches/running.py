"""What the delivery process does with batches in each round: start what is due, release rests, end what is over.

Whatever dies where, the next round goes on: each step is one transaction, and takes its batch by a conditional update.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from .. import planning
from ..audience import AudienceInvalid
from ..models import Nudge, NudgeBatch
from ..states import State
from .lifecycle import AUDIENCE_GONE
from .releasing import release_or_halt

log = logging.getLogger(__name__)

Status = NudgeBatch.Status


def advance(now: datetime) -> int:
    """How many batches got further."""
    batches = NudgeBatch.objects.order_by("starts_at", "pk")
    due = batches.filter(status=Status.SCHEDULED, starts_at__lte=now)
    waiting_for_release = batches.filter(status=Status.RUNNING, rollout_percent__lt=100, released_at=None)
    running = batches.filter(status=Status.RUNNING).exclude(pk__in=waiting_for_release)
    return (
        _each(due.values_list("pk", flat=True), lambda pk: start(pk, now=now))
        + _each(waiting_for_release.values_list("pk", flat=True), lambda pk: _release(pk, now=now))
        + _each(running.values_list("pk", flat=True), lambda pk: _finish(pk, now=now))
    )


def start(batch_pk: int, *, now: datetime) -> bool:
    """Plan a batch whose time has come: all its nudges at once, or, if anything fails, none.

    False when it is not due, or somebody else is at it: then it is theirs.
    """
    with transaction.atomic():
        due = NudgeBatch.objects.filter(pk=batch_pk, status=Status.SCHEDULED, starts_at__lte=now)
        batch = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if batch is None or not due.update(status=Status.RUNNING, started_at=now):
            return False
        batch.refresh_from_db()
        try:
            with transaction.atomic():
                counts = planning.plan_batch(batch, now=now)
        except AudienceInvalid:  # a cohort of the filter was deleted meanwhile: nobody can say any more who is meant
            log.warning("Bulk nudge %s is cancelled: its filter can’t be read any more", batch.uuid)
            due_no_more = {"status": Status.CANCELLED, "halted_because": AUDIENCE_GONE, "finished_at": now}
            NudgeBatch.objects.filter(pk=batch_pk).update(**due_no_more)
        else:
            NudgeBatch.objects.filter(pk=batch_pk).update(counts=dict(counts))
            log.info("Bulk nudge %s has started: %s", batch.uuid, dict(counts))
    return True


def _release(batch_pk: int, *, now: datetime) -> bool:
    with transaction.atomic():
        batch = (
            NudgeBatch.objects.select_for_update(
                of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
            )
            .filter(pk=batch_pk, status=Status.RUNNING, released_at=None)
            .select_related("campaign")
            .first()
        )
        return batch is not None and release_or_halt(batch, now=now)


def _finish(batch_pk: int, *, now: datetime) -> bool:
    """True when nothing of it is left to send. What hangs while being sent is a person's matter, and ends it too."""
    if Nudge.objects.filter(batch=batch_pk, state=State.QUEUED).exists():
        return False
    sending = Nudge.objects.filter(batch=batch_pk, state=State.SENDING)
    if sending.exclude(pk__in=Nudge.objects.stuck(now).filter(batch=batch_pk)).exists():
        return False
    running = NudgeBatch.objects.filter(pk=batch_pk, status=Status.RUNNING)
    return bool(running.update(status=Status.DONE, finished_at=now))


def _each(batch_pks: Iterable[int], step: Callable[[int], bool]) -> int:
    """How many got further. A bug in one must not hold up the others, nor what is queued already."""
    done = 0
    for batch_pk in list(batch_pks):
        try:
            done += step(batch_pk)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the others would not fare better
        except Exception:
            log.exception("Bulk nudge %s could not go on", batch_pk)
    return done
