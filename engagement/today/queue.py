"""Finds the learners of the day: a pool of the most at risk whom nobody has seen to, and their order in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, Subquery

from learners.channels import ADDRESS_OF, Channel
from learners.models import ContactPreference, Learner, Status
from nudges.models import Handled, Nudge, Task
from nudges.states import State
from riskscoring.levels import PRIORITIES, Level
from riskscoring.models import RiskScore, RiskSnapshot

from .ranking import Reach, Standing, ranked

POOL = 1_000  # of these the order is worked out: many times what any day holds, and quick
JUST_NUDGED = timedelta(days=3)  # within these an answer may still come


@dataclass(frozen=True)
class Queue:
    """The learners in order, and how many of the pool there are in all."""

    standings: list[Standing]
    waiting: int  # POOL and more are "many"

    @property
    def learner_ids(self) -> list[int]:
        return [one.learner_id for one in self.standings]


def owns_learners(user: User) -> bool:
    return Learner.objects.filter(owner=user).exists()


def queue_of(*, owner: User | None, since: date, now: datetime, size: int, in_dips: Collection[int] = ()) -> Queue:
    """The first `size` of the owner's learners, or of all, in three queries.

    `in_dips` names cohorts that are shown as one item: their learners who got worse since are not shown one by one.
    """
    rows = list(_pool(owner, since=since, now=now))
    reach = _reach([row[0] for row in rows])
    standings = [
        Standing(learner_id, priority, _in_steps(before), _reach_of(learner_id, phone, reach))
        for learner_id, priority, before, cohort_id, phone in rows
        if not (cohort_id in in_dips and before is not None and priority > _in_steps(before))
    ]
    order = ranked(standings)
    return Queue(order[:size], waiting=len(order))


def _pool(owner: User | None, *, since: date, now: datetime) -> Any:
    """Learner, priority, score then, cohort and phone: of medium risk or more, and nobody has seen to them."""
    before = RiskSnapshot.objects.filter(learner=OuterRef("learner"), day__lte=since).order_by("-day")
    scores = RiskScore.objects.filter(
        Q(learner__last_contacted_at=None) | Q(learner__last_contacted_at__lt=now - JUST_NUDGED),
        ~Exists(Handled.objects.filter(learner=OuterRef("learner"), until__gt=now.date())),
        ~Exists(Task.objects.filter(learner=OuterRef("learner"), closed_at=None)),
        ~Exists(Nudge.objects.filter(learner=OuterRef("learner"), state__in=[State.QUEUED, State.SENDING])),
        priority__gte=PRIORITIES[Level.MEDIUM][0],
        learner__status=Status.ACTIVE,
    )
    if owner is not None:
        scores = scores.filter(learner__owner=owner)
    return (
        scores.annotate(before=Subquery(before.values("score")[:1]))
        .order_by("-priority", "learner_id")
        .values_list("learner_id", "priority", "before", "learner__cohort_id", "learner__phone")[:POOL]
    )


def _in_steps(score: object) -> int | None:
    return None if score is None else round(float(str(score)) * 10_000)


def _reach(learner_ids: list[int]) -> dict[int, dict[str, bool]]:
    """Learner → channel → whether messages arrive there, of the channels that they said something about."""
    said = ContactPreference.objects.filter(learner__in=learner_ids)
    reach: dict[int, dict[str, bool]] = {}
    for learner_id, channel, allowed, verified_at, bounced_at in said.values_list(
        "learner_id", "channel", "allowed", "verified_at", "bounced_at"
    ):
        arrives = allowed and (channel not in ADDRESS_OF or (verified_at is not None and bounced_at is None))
        reach.setdefault(learner_id, {})[channel] = arrives
    return reach


def _reach_of(learner_id: int, phone: str, reach: dict[int, dict[str, bool]]) -> Reach:
    channels = reach.get(learner_id, {})
    if phone or any(channels.get(channel) for channel in ADDRESS_OF):
        return Reach.DIRECTLY
    return Reach.INSIDE_ONLY if channels.get(Channel.IN_APP, True) else Reach.NOT_AT_ALL
