"""Where automation gives up on a learner and a goal, a person gets a task. For all learners at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from learners.sql import literal, rows
from learners.zones import site_day

from .. import gate, goals
from ..gate.counted import HAS_LEFT, IS_COUNTED
from ..gate.limits import Limits
from ..gate.policies import Policies
from ..gate.rules import DAY
from ..gate.unanswered import IS_UNANSWERED, LAST_REPLIES
from ..models import AUTOMATIC, AutomationStop, Task, TaskEvent
from . import rules

TIME_TO_ANSWER = timedelta(hours=24)  # the last message must have had it
LAST_TASKS = """SELECT learner_id, goal, MAX(created_at) AS made_at,
    MAX(CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END) AS is_open FROM nudges_task GROUP BY learner_id, goal"""
UNANSWERED = AutomationStop.Cause.UNANSWERED
AT_ONCE = 500  # are handed over in one transaction: a campaign that nobody answers can leave hundreds of thousands


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
    it is closed none until another message has failed. In a fixed number of queries for every AT_ONCE.
    """
    found = given_up(now)
    return sum(_hand_over_open(found[start : start + AT_ONCE], now=now) for start in range(0, len(found), AT_ONCE))


def _hand_over_open(found: list[GivenUp], *, now: datetime) -> int:
    done = goals.done_among([(one.learner_id, one.goal) for one in found], now=now)
    open_ends = [one for one in found if (one.learner_id, one.goal) not in done]
    if not open_ends:
        return 0
    with transaction.atomic():
        return _hand_over(open_ends, now=now)


def given_up(now: datetime) -> list[GivenUp]:
    """Whoever has had, within the days that their program counts, as many messages on one goal as it bears, answered or
    not: by automation too, the last long enough ago, and one of them after any task that was made of the goal."""
    policies = Policies()
    limits = Limits(policies)
    by_automation = ", ".join(f"'{origin}'" for origin in sorted(AUTOMATIC))
    found = rows(
        f"""SELECT n.learner_id, n.goal, l.owner_id
        FROM nudges_nudge n JOIN learners_learner l ON l.id = n.learner_id
        LEFT JOIN ({LAST_REPLIES}) replied ON replied.learner_id = n.learner_id
        LEFT JOIN ({LAST_TASKS}) task ON task.learner_id = n.learner_id AND task.goal = n.goal
        WHERE n.goal <> '' AND l.status = 'active' AND COALESCE(task.is_open, 0) = 0
            AND n.due_at > {literal(now - policies.longest_days * DAY)}
            AND n.due_at > {limits.since(now, days="goal_days")} AND {IS_COUNTED} AND {HAS_LEFT}
        GROUP BY n.learner_id, n.goal, l.program_id, l.owner_id
        HAVING (count(*) >= {limits.number("max_per_goal")}
                OR {_how_many(IS_UNANSWERED)} >= {limits.number("unanswered_limit")})
            AND {_how_many(f"n.origin IN ({by_automation})")} > 0
            AND {_how_many("task.made_at IS NULL OR task.made_at < n.due_at")} > 0
            AND MAX(n.due_at) <= {literal(now - TIME_TO_ANSWER)}
        ORDER BY n.learner_id, n.goal"""  # noqa: S608 (made of constants, numbers and times of ours)
    )
    return [GivenUp(*row) for row in found]


def _how_many(condition: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"


def _hand_over(given_up: list[GivenUp], *, now: datetime) -> int:
    due = rules.due_on(UNANSWERED, today=site_day(now))
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
