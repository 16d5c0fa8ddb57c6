"""Where automation stops for a learner, on one goal or on all, and where it may go on."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from learners.models import Learner

from .. import gate
from ..models import AUTOMATIC, AutomationStop, Nudge
from ..states import State
from ..transitions import move


def stop_automation(
    *, learner: Learner, cause: str, goal: str = "", until: datetime | None = None, now: datetime
) -> AutomationStop:
    """From `now` on nothing automatic goes to this learner on this goal ("": on any), and what waits is suppressed.

    Without `until` it holds until somebody lifts it. A stop of the same kind that holds already is kept or lengthened,
    never shortened.
    """
    with transaction.atomic():
        gate.lock([learner.pk])
        stop = AutomationStop.objects.filter(learner=learner, goal=goal, cause=cause, lifted_at=None).first()
        if stop is None:
            stop = AutomationStop.objects.create(learner=learner, goal=goal, cause=cause, since=now, until=until)
        elif stop.until is not None:
            if stop.until <= now:  # it had ended by itself
                stop.since = now
            stop.until = None if until is None else max(until, stop.until)
            stop.save(update_fields=["since", "until"])
        _suppress_waiting([learner.pk], goal=goal)
    return stop


def stop_by_hand(*, learner: Learner, now: datetime) -> AutomationStop:
    return stop_automation(learner=learner, cause=AutomationStop.Cause.BY_HAND, now=now)


def stops_of(learner: Learner, *, now: datetime) -> QuerySet[AutomationStop]:
    """Those that hold now, the latest first."""
    holding = Q(until=None) | Q(until__gt=now)
    return AutomationStop.objects.filter(holding, learner=learner, lifted_at=None).order_by("-since", "-id")


def lift(stops: QuerySet[AutomationStop], *, by: User | None, now: datetime) -> int:
    """Let automation go on where these stops held; how many were lifted. Lifting one twice lifts it once."""
    return stops.filter(lifted_at=None).update(lifted_at=now, lifted_by=by)


def _suppress_waiting(learner_ids: Iterable[int], *, goal: str) -> None:
    waiting = Nudge.objects.filter(learner__in=learner_ids, state=State.QUEUED, origin__in=AUTOMATIC)
    if goal:
        waiting = waiting.filter(goal=goal)
    for nudge_id in waiting.values_list("pk", flat=True):
        move(nudge_id, State.QUEUED, State.SUPPRESSED, reason=gate.Code.STOPPED)
