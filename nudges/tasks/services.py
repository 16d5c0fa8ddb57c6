"""Raise, try, hand over, escalate and close a task: what every door calls."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from learners.channels import channels_behind
from learners.models import Learner
from learners.services import set_preference
from learners.zones import site_day

from .. import gate
from ..answering import stops
from ..models import AutomationStop, Notice, Task, TaskEvent
from . import rules
from .notices import tell

Cause = AutomationStop.Cause
MADE_BY_WORDS = (Cause.REPLY, Cause.HELP)  # of the learner, who wrote to us


class AlreadyClosed(Exception):  # noqa: N818 (reads as what happened)
    """Somebody has closed this task: nothing was written."""


def raise_task(
    *,
    learner: Learner,
    cause: str,
    goal: str = "",
    by: User | None = None,
    owner: User | None = None,
    due_on: date | None = None,
    note: str = "",
    now: datetime,
) -> Task:
    """A task for `owner`, else for the learner's coordinator. `by` is None when automation raises it.

    One is open for each learner and goal: raised again, it stays the one it is, unless what raises it now is more
    urgent; then its cause and its due day are the new ones.
    """
    due = due_on or rules.due_on(cause, today=site_day(now))
    with transaction.atomic():
        gate.lock([learner.pk])
        task = Task.objects.select_for_update(of=("self",)).filter(learner=learner, goal=goal, closed_at=None).first()
        if task is None:
            owner_id = owner.pk if owner else learner.owner_id
            task = Task.objects.create(
                learner=learner, goal=goal, cause=cause, owner_id=owner_id, raised_by=by, due_on=due
            )
        elif rules.is_more_urgent(cause, task.cause):
            task.cause, task.due_on = cause, min(due, task.due_on)
            task.save(update_fields=["cause", "due_on"])
        else:
            return task
        TaskEvent.objects.create(task=task, kind=TaskEvent.Kind.RAISED, note=note, due_on=task.due_on, by=by)
        tell(task.owner_id, task=task, kind=Notice.Kind.YOURS, by=by)
    return task


def record_outcome(
    *,
    task: Task,
    outcome: str,
    by: User | None,
    promised_on: date | None = None,
    note: str = "",
    tries: int | None = None,
    now: datetime,
) -> rules.NextStep | None:
    """Write down how a try went and take the step that follows from it; the step.

    `tries` is how many the caller saw: when there are more by now, the same try came twice, and None is the answer.
    Raises rules.PromiseNeedsDate, and AlreadyClosed; then nothing has changed.
    """
    with transaction.atomic():
        task = _hold(task)
        if tries is not None and tries != task.tries:
            return None
        step = rules.next_step(outcome, tries=task.tries + 1, today=site_day(now), promised_on=promised_on)
        task.tries += 1
        task.outcome = outcome
        task.due_on = step.due_on or task.due_on
        task.save(update_fields=["tries", "outcome", "due_on"])
        TaskEvent.objects.create(
            task=task, kind=TaskEvent.Kind.OUTCOME, outcome=outcome, note=note, due_on=step.due_on, by=by
        )
        if step.withdraws_phone:
            _withdraw_phone(task.learner, by=by)
        if step.escalates:
            _escalate(task, now=now)
        if step.closes:
            _close(task, by=by, note="", now=now)
    return step


def hand_over(*, task: Task, to: User, by: User | None, note: str = "", now: datetime) -> Task:
    """Give a task to another coordinator, who is told. Raises AlreadyClosed."""
    with transaction.atomic():
        task = _hold(task)
        task.owner = to
        task.save(update_fields=["owner"])
        TaskEvent.objects.create(task=task, kind=TaskEvent.Kind.HANDED_OVER, note=note, due_on=task.due_on, by=by)
        tell(to.pk, task=task, kind=Notice.Kind.YOURS, by=by)
    return task


def add_note(*, task: Task, by: User | None, text: str) -> TaskEvent:
    return TaskEvent.objects.create(task=task, kind=TaskEvent.Kind.NOTE, note=text, by=by)


def close_task(*, task: Task, by: User | None, note: str = "", now: datetime) -> Task:
    """Nothing more is to be done. Closing a closed one changes nothing."""
    with transaction.atomic():
        try:
            task = _hold(task)
        except AlreadyClosed:
            return task
        _close(task, by=by, note=note, now=now)
    return task


def escalate_overdue(now: datetime) -> int:
    """Show staff the tasks that nobody did in time, and tell their owners: once each. How many there were."""
    with transaction.atomic():
        late = list(
            Task.objects.select_for_update(of=("self",)).filter(
                closed_at=None, escalated_at=None, due_on__lt=site_day(now)
            )
        )
        Task.objects.filter(pk__in=[task.pk for task in late]).update(escalated_at=now)
        TaskEvent.objects.bulk_create(
            TaskEvent(task=task, kind=TaskEvent.Kind.ESCALATED, due_on=task.due_on) for task in late
        )
        Notice.objects.bulk_create(
            Notice(user_id=task.owner_id, task=task, kind=Notice.Kind.ESCALATED) for task in late if task.owner_id
        )
    return len(late)


def _hold(task: Task) -> Task:
    """The task as it is now, for us alone until the transaction ends; its learner too, whose automation may change."""
    gate.lock([task.learner_id])
    held = Task.objects.select_for_update(of=("self",)).select_related("learner").get(pk=task.pk)
    if held.closed_at is not None:
        raise AlreadyClosed
    return held


def _escalate(task: Task, *, now: datetime) -> None:
    if task.escalated_at is not None:
        return
    task.escalated_at = now
    task.save(update_fields=["escalated_at"])
    TaskEvent.objects.create(task=task, kind=TaskEvent.Kind.ESCALATED, due_on=task.due_on)
    tell(task.owner_id, task=task, kind=Notice.Kind.ESCALATED)


def _close(task: Task, *, by: User | None, note: str, now: datetime) -> None:
    task.closed_at, task.closed_by = now, by
    task.save(update_fields=["closed_at", "closed_by"])
    TaskEvent.objects.create(task=task, kind=TaskEvent.Kind.CLOSED, note=note, by=by)
    _lift_stops_of(task, by=by, now=now)
    told = task.raised_by_id or task.learner.owner_id  # automation has nobody to tell but the learner's coordinator
    tell(told, task=task, kind=Notice.Kind.CLOSED, by=by)


def _lift_stops_of(task: Task, *, by: User | None, now: datetime) -> None:
    """Automation may go on where this task was what it waited for."""
    stopped = AutomationStop.objects.filter(learner=task.learner_id, lifted_at=None)
    stops.lift(stopped.filter(cause=Cause.UNANSWERED, goal=task.goal), by=by, now=now)
    still_to_answer = Task.objects.filter(learner=task.learner_id, closed_at=None, cause__in=MADE_BY_WORDS)
    if task.cause in MADE_BY_WORDS and not still_to_answer.exists():
        stops.lift(stopped.filter(cause__in=MADE_BY_WORDS), by=by, now=now)


def _withdraw_phone(learner: Learner, *, by: User | None) -> None:
    """What goes to a phone goes there no more until somebody shows that the number is the learner's."""
    for said in learner.preferences.filter(channel__in=channels_behind("phone"), verified_at__isnull=False):
        set_preference(
            learner=learner, channel=said.channel, allowed=said.allowed, source=said.source, by=by, verified=False
        )
