"""Where automation gives up on a learner and a goal, a person gets a task. For all learners at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value, When

from .. import gate, goals
from ..gate import Policy
from ..gate.policies import Policies
from ..gate.rules import DAY
from ..models import AUTOMATIC, AutomationStop, Nudge, Reply, Task, TaskEvent
from ..states import State
from . import rules
from .services import today_of

TIME_TO_ANSWER = timedelta(hours=24)  # the last message must have had it
UNANSWERED = AutomationStop.Cause.UNANSWERED


@dataclass(frozen=True)
class GivenUp:
    """Nothing more comes to this learner on this goal by itself."""

    learner_id: int
    goal: str
    owner_id: int | None


def hand_over_unanswered(now: datetime) -> int:
    """Stop automation and make a task wherever the gate lets nothing automatic through any more, because nobody
    answered or the goal's messages are used up, and the goal is not reached. How many tasks were made.

    Counted as the gate counts. Done again, it makes no second task: there is one for each learner and goal, and after
    it is closed none until another message has failed. In a fixed number of queries.
    """
    found = _given_up(now)
    done = goals.done_among([(one.learner_id, one.goal) for one in found], now=now)
    open_ends = [one for one in found if (one.learner_id, one.goal) not in done]
    if not open_ends:
        return 0
    with transaction.atomic():
        return _hand_over(open_ends, now=now)


def _given_up(now: datetime) -> list[GivenUp]:
    policies = Policies()
    unanswered = Count("pk", filter=_is_unanswered())
    groups = (
        _messages_on_goals(policies, now=now)
        .values("learner_id", "goal", "learner__program_id", "learner__owner_id")
        .annotate(
            sent=Count("pk"),
            unanswered=unanswered,
            automatic=Count("pk", filter=Q(origin__in=AUTOMATIC)),
            after_any_task=Count("pk", filter=Q(had_task_since=False)),
            last=Max("due_at"),
        )
        .filter(
            Q(sent__gte=_limit(policies, lambda policy: policy.max_per_goal))
            | Q(unanswered__gte=_limit(policies, lambda policy: policy.unanswered_limit)),
            automatic__gt=0,
            after_any_task__gt=0,
            last__lte=now - TIME_TO_ANSWER,
        )
        .order_by("learner_id", "goal")
        .values_list("learner_id", "goal", "learner__owner_id")
    )
    return [GivenUp(*row) for row in groups]


def _messages_on_goals(policies: Policies, *, now: datetime) -> QuerySet[Nudge, Any]:
    """Messages that left, within the days that the learner's policy counts, where no task is open."""
    tasks = Task.objects.filter(learner=OuterRef("learner"), goal=OuterRef("goal"))
    since = _by_program(policies, lambda policy: now - policy.goal_days * DAY, models.DateTimeField())
    return (
        Nudge.objects.counted()
        .exclude(state=State.QUEUED)
        .exclude(goal="")
        .filter(Q(due_at__gt=since), learner__status="active", due_at__gt=now - policies.longest_days * DAY)
        .filter(~Exists(tasks.filter(closed_at=None)))
        .annotate(had_task_since=Exists(tasks.filter(created_at__gte=OuterRef("due_at"))))
    )


def _is_unanswered() -> Q:
    """The learner has neither come nor written since."""
    answered = Exists(Reply.objects.filter(learner=OuterRef("learner"), at__gte=OuterRef("due_at")))
    return (Q(learner__last_login=None) | Q(due_at__gt=F("learner__last_login"))) & Q(~answered)


def _limit(policies: Policies, of: Callable[[Policy], int]) -> Case:
    return _by_program(policies, of, models.IntegerField())


def _by_program(policies: Policies, of: Callable[[Policy], Any], field: models.Field) -> Case:
    """What each learner's own policy says."""
    own = [
        When(learner__program=program_id, then=Value(of(policy))) for program_id, policy in policies.by_program.items()
    ]
    return Case(*own, default=Value(of(policies.default)), output_field=field)


def _hand_over(given_up: list[GivenUp], *, now: datetime) -> int:
    due = rules.due_on(UNANSWERED, today=today_of(now))
    gate.lock({one.learner_id for one in given_up})
    AutomationStop.objects.bulk_create(
        (AutomationStop(learner_id=one.learner_id, goal=one.goal, cause=UNANSWERED, since=now) for one in given_up),
        ignore_conflicts=True,
    )
    tasks = [
        Task(learner_id=one.learner_id, goal=one.goal, cause=UNANSWERED, owner_id=one.owner_id, due_on=due)
        for one in given_up
    ]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)  # somebody has raised the same one meanwhile
    made = list(Task.objects.filter(uuid__in=[task.uuid for task in tasks]).values_list("pk", flat=True))
    TaskEvent.objects.bulk_create(TaskEvent(task_id=pk, kind=TaskEvent.Kind.RAISED, due_on=due) for pk in made)
    return len(made)
