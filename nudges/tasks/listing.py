"""The list of tasks: mine, all, overdue and closed ones; what is most pressing first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from learners.zones import site_day

from ..models import AutomationStop, Task
from . import rules
from .words import titles_of, why

ROWS = 50
MINE, ALL, OVERDUE, CLOSED = "mine", "all", "overdue", "closed"
TABS = {MINE: _("Mine"), ALL: _("All"), OVERDUE: _("Overdue"), CLOSED: _("Closed")}


@dataclass(frozen=True)
class Tab:
    name: str
    title: Any
    count: int | None  # of open ones; closed ones are not counted
    is_current: bool


@dataclass(frozen=True)
class Row:
    task: Task
    why: str
    about: str  # the goal's name, if it has one
    is_overdue: bool
    is_due_today: bool


@dataclass(frozen=True)
class TaskList:
    tab: str
    tabs: list[Tab]
    rows: list[Row]
    page: Page[Task]


def task_list(user: User, *, wanted: str, page: str, now: datetime) -> TaskList:
    """In four queries, and up to three for the names of goals. Who owns no task begins with all."""
    today = site_day(now)
    counts = Task.objects.filter(closed_at=None).aggregate(
        mine=Count("pk", filter=Q(owner=user)), all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today))
    )
    tab = wanted if wanted in TABS else MINE if counts[MINE] else ALL
    shown = Paginator(tasks_of(tab, user=user, today=today).select_related("learner", "owner"), ROWS).get_page(page)
    titles = titles_of({task.goal for task in shown if task.goal})
    return TaskList(
        tab=tab,
        tabs=[Tab(name, title, counts.get(name), is_current=name == tab) for name, title in TABS.items()],
        rows=[
            Row(
                task,
                why=why(task),
                about=titles.get(task.goal, ""),
                is_overdue=task.closed_at is None and rules.is_overdue(task.due_on, today=today),
                is_due_today=task.closed_at is None and task.due_on == today,
            )
            for task in shown
        ],
        page=shown,
    )


def tasks_of(tab: str, *, user: User, today: date) -> QuerySet[Task]:
    """The tasks of a tab, in the order in which they are to be done."""
    if tab == CLOSED:
        return Task.objects.exclude(closed_at=None).order_by("-closed_at", "-id")
    tasks = Task.objects.filter(closed_at=None)
    if tab == OVERDUE:
        tasks = tasks.filter(due_on__lt=today)
    elif tab == MINE:
        tasks = tasks.filter(owner=user)
    return in_order(tasks)


def in_order(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """What was escalated goes first, then what is due first; of one day, who asked for help."""
    return tasks.order_by(_is(Q(escalated_at=None)), "due_on", _is(~Q(cause=AutomationStop.Cause.HELP)), "id")


def next_task(task: Task, *, tab: str, user: User, now: datetime) -> Task | None:
    """The most pressing of the others in this tab that are due by today; None when the day's work is done."""
    if tab == CLOSED:
        return None
    today = site_day(now)
    return tasks_of(tab, user=user, today=today).filter(due_on__lte=today).exclude(pk=task.pk).first()


def _is(condition: Q) -> ExpressionWrapper:
    """To sort by: false comes before true."""
    return ExpressionWrapper(condition, output_field=BooleanField())
