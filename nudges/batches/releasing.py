"""The rest of a rollout: counted when the first stage has left, then sent after it, or held back for a person."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import IntegerField, Max, OuterRef, Q, Subquery, Value

from activity.models import UsualHour

from ..answering.consent import opted_out
from ..gate.policies import Policies
from ..hooks.standing import Kind
from ..models import Nudge, NudgeBatch, ProviderReport
from ..planning.hours import Window, leaves_at
from ..states import State
from .rollout import FirstStage, Limits, why_halt

FIRST, REST = 0, 1
HOURS = 24  # between the stages, where no campaign says how many
LIMITS = Limits(opt_out_percent=Decimal(1), complaint_percent=Decimal("0.3"), failure_percent=Decimal(10))


def release_or_halt(batch: NudgeBatch, *, now: datetime) -> bool:
    """True when the rest was released or held back; False when it is too early to say.

    The hours count from when the last of the first stage left: before that nobody can have answered.
    """
    first = Nudge.objects.filter(batch=batch, stage=FIRST)
    if first.filter(state__in=(State.QUEUED, State.SENDING)).exclude(pk__in=Nudge.objects.stuck(now)).exists():
        return False
    hours = timedelta(hours=batch.campaign.rollout_hours if batch.campaign else HOURS)
    last = first.aggregate(last=Max("sent_at"))["last"] or batch.started_at
    if last is not None and now < last + hours:
        return False
    code = why_halt(first_stage_of(batch), limits_of(batch))
    if code:
        running = NudgeBatch.objects.filter(pk=batch.pk, status=NudgeBatch.Status.RUNNING, released_at=None)
        return bool(running.update(status=NudgeBatch.Status.PAUSED, halted_because=code))
    return release(batch, now=now)


def release(batch: NudgeBatch, *, now: datetime) -> bool:
    """Let the rest go, each at their hour; once."""
    if not NudgeBatch.objects.filter(pk=batch.pk, released_at=None).update(released_at=now):
        return False
    rest = Nudge.objects.filter(batch=batch, stage=REST, state=State.QUEUED, due_at=None)
    if batch.window_from is None:
        rest.update(due_at=now)
        return True
    window = Window(batch.window_from, batch.window_until or 24, batch.usual_hour)
    policy = Policies().default  # the program's own quiet hours are asked for again when it leaves
    own_hour = Subquery(UsualHour.objects.filter(learner=OuterRef("learner")).values("hour")[:1])
    rest = rest.annotate(own_hour=own_hour if batch.learns_hours else Value(None, IntegerField()))
    kinds = rest.order_by().values_list("learner__timezone", "own_hour").distinct()
    for zone, hour in list(kinds):  # a few dozen of each: a nudge's hour depends on nothing else
        at = leaves_at(now, zone=zone, window=window, policy=policy, own_hour=hour)
        same_hour = Q(own_hour__isnull=True) if hour is None else Q(own_hour=hour)
        rest.filter(same_hour, learner__timezone=zone).update(due_at=at)
    return True


def limits_of(batch: NudgeBatch) -> Limits:
    campaign = batch.campaign
    if campaign is None:
        return LIMITS
    return Limits(
        opt_out_percent=campaign.max_opt_out_percent,
        complaint_percent=campaign.max_complaint_percent,
        failure_percent=campaign.max_failure_percent,
    )


def first_stage_of(batch: NudgeBatch) -> FirstStage:
    """What came of the first stage, in four queries."""
    first = Nudge.objects.filter(batch=batch, stage=FIRST)
    arrived = Q(state__in=(State.SENDING, State.SENT, State.DELIVERED))
    complained = ProviderReport.objects.filter(nudge__in=first, kind=Kind.COMPLAINED)
    return FirstStage(
        tried=first.filter(arrived | Q(state=State.FAILED)).count(),
        opted_out=first.filter(opted_out()).count(),
        complained=complained.values("nudge__learner").distinct().count(),
        failed=first.filter(state=State.FAILED).count(),
    )
