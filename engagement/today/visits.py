"""When somebody looked at the day's queue: what changed after the visit before is new."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from learners.models import Learner
from nudges.models import Handled, QueueVisit

SAME_VISIT = timedelta(hours=4)  # coming back within these goes on with the same morning
FIRST_LOOK_BACK = timedelta(days=7)
CAPACITIES = (5, 10, 15, 25, 40)


def visit(user: User, *, now: datetime) -> QueueVisit:
    """Note that the user looks now; `since` is the visit before this one, or a week ago at first."""
    with transaction.atomic():
        found, is_first = QueueVisit.objects.select_for_update().get_or_create(
            user=user, defaults={"since": now - FIRST_LOOK_BACK, "last_at": now}
        )
        if not is_first:
            if now - found.last_at >= SAME_VISIT:
                found.since = found.last_at
            found.last_at = max(now, found.last_at)
            found.save(update_fields=["since", "last_at"])
    return found


def visit_of(user: User, *, now: datetime) -> QueueVisit:
    """The user's latest visit as it stands, or what a first one would be. Writes nothing."""
    return QueueVisit.objects.filter(user=user).first() or QueueVisit(
        user=user, since=now - FIRST_LOOK_BACK, last_at=now
    )


def set_capacity(user: User, capacity: int) -> None:
    """How many learners the user's day holds. Raises ValueError for a number that is not offered."""
    if capacity not in CAPACITIES:
        raise ValueError(capacity)
    now = timezone.now()
    QueueVisit.objects.update_or_create(
        user=user,
        defaults={"capacity": capacity},
        create_defaults={"capacity": capacity, "since": now - FIRST_LOOK_BACK, "last_at": now},
    )


def put_off(learner: Learner, *, until: date, by: User, now: datetime) -> None:
    """Leave a learner out of everybody's queue until that day: somebody has seen to them."""
    Handled.objects.update_or_create(learner=learner, defaults={"by": by, "at": now, "until": until})


def put_back(learner: Learner) -> None:
    Handled.objects.filter(learner=learner).delete()
