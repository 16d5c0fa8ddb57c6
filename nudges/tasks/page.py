"""One task, whole: why it is there, what was sent and answered, earlier tries, and how to begin."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.channels import Channel
from learners.models import ContactPreference
from learners.zones import site_day

from ..facts import FactSheet, facts_for
from ..models import AutomationStop, Nudge, Reply, Task, TaskEvent
from . import rules
from .opening import opening_line
from .words import titles_of, why

SHOWN = 20
Cause = AutomationStop.Cause


@dataclass(frozen=True)
class Happening:
    """Something in the history: a message, an answer, or a step of the task. One of the three is there."""

    at: datetime
    nudge: Nudge | None = None
    reply: Reply | None = None
    event: TaskEvent | None = None


@dataclass(frozen=True)
class OutcomeButton:
    outcome: str
    title: Any
    key: str
    icon: str


BUTTONS = [
    OutcomeButton(Task.Outcome.REACHED, Task.Outcome.REACHED.label, "r", "check-circle"),
    OutcomeButton(Task.Outcome.VOICEMAIL, Task.Outcome.VOICEMAIL.label, "v", "microphone"),
    OutcomeButton(Task.Outcome.WRONG_NUMBER, Task.Outcome.WRONG_NUMBER.label, "w", "no-symbol"),
    OutcomeButton(Task.Outcome.NO_REPLY, Task.Outcome.NO_REPLY.label, "n", "phone-x-mark"),
]


class TaskPage:
    """What the page and the drawer show. `tab` is the list that its reader came from."""

    outcome_buttons = BUTTONS

    def __init__(self, task: Task, *, reader: User, tab: str, now: datetime) -> None:
        self.task, self.learner, self.reader, self.tab, self.now = task, task.learner, reader, tab, now

    @cached_property
    def about(self) -> str:
        return titles_of([self.task.goal]).get(self.task.goal, "") if self.task.goal else ""

    @property
    def why(self) -> str:
        """One sentence, in counts."""
        count = len([one for one in self.history if one.nudge])
        if self.task.cause != Cause.UNANSWERED or not count:
            return _("%(sentence)s.") % {"sentence": why(self.task)}
        return ngettext(
            "%(count)d message was sent, and the learner did not come.",
            "%(count)d messages were sent, and the learner did not come.",
            count,
        ) % {"count": count}

    @property
    def is_overdue(self) -> bool:
        return self.task.closed_at is None and rules.is_overdue(self.task.due_on, today=site_day(self.now))

    @cached_property
    def facts(self) -> FactSheet:
        return facts_for(self.learner, self.now, goal=self.task.goal, recent_templates=())

    @property
    def opening_line(self) -> str:
        """As true as now, in the language of who reads it."""
        facts = self.facts
        return opening_line(
            cause=self.task.cause,
            first_name=facts.first_name,
            caller=self.reader.first_name,
            program=self.learner.program.name if self.learner.program else _("your course"),
            task=facts.task,
            days_since_seen=facts.days_since_seen,
            missed_sessions=facts.missed_sessions,
            completed_percent=facts.completed_percent,
        )

    @cached_property
    def history(self) -> list[Happening]:
        """The latest first: messages on the task's goal (on any, when it has none), answers, and the task's steps."""
        nudges = Nudge.objects.counted().filter(learner=self.learner, due_at__isnull=False).select_related("created_by")
        if self.task.goal:
            nudges = nudges.filter(goal=self.task.goal)
        replies = Reply.objects.filter(learner=self.learner)
        events = self.task.events.select_related("by").order_by("-at", "-id")
        happenings = [
            *(Happening(nudge.due_at, nudge=nudge) for nudge in nudges.order_by("-due_at")[:SHOWN] if nudge.due_at),
            *(Happening(reply.at, reply=reply) for reply in replies[:SHOWN]),
            *(Happening(event.at, event=event) for event in events[:SHOWN]),
        ]
        return sorted(happenings, key=lambda one: one.at, reverse=True)

    @cached_property
    def number_is_wrong(self) -> bool:
        """Somebody said so, and nobody has shown since that it is theirs."""
        if not self.task.events.filter(outcome=Task.Outcome.WRONG_NUMBER).exists():
            return False
        behind_the_phone = ContactPreference.objects.filter(
            learner=self.learner, channel__in=[Channel.SMS, Channel.WHATSAPP], verified_at__isnull=False
        )
        return not behind_the_phone.exists()
