"""What a person is to do, when messages do not help; and who looked at the day's queue when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner

from .answers import AutomationStop


class Task(models.Model):
    """A learner who is handed over to a person. One is open for each learner and goal."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        VOICEMAIL = "voicemail", _("Voicemail")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        PROMISED = "promised", _("Promised a date")
        NO_REPLY = "no_reply", _("No reply")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    goal = models.CharField(_("goal"), max_length=60, blank=True)
    cause = models.CharField(_("why"), max_length=10, choices=AutomationStop.Cause.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    raised_by = models.ForeignKey(  # null: automation
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("raised by")
    )
    created_at = models.DateTimeField(_("raised"), auto_now_add=True)
    due_on = models.DateField(_("due"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)  # the latest
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "goal"], condition=Q(closed_at=None), name="one_open_task")
        ]
        indexes = [models.Index(fields=["owner", "due_on"], condition=Q(closed_at=None), name="task_open")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.get_cause_display()}"


class TaskEvent(models.Model):
    """What happened to a task, in order."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        OUTCOME = "outcome", _("Outcome")
        HANDED_OVER = "handed_over", _("Handed over")
        ESCALATED = "escalated", _("Escalated")
        NOTE = "note", _("Note")
        CLOSED = "closed", _("Closed")

    task = models.ForeignKey(Task, models.CASCADE, related_name="events")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Task.Outcome.choices, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    due_on = models.DateField(_("due"), null=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Notice(models.Model):
    """Something a user is told once: that a task they raised is closed, or that one became theirs."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("A task you raised is closed")
        ESCALATED = "escalated", _("A task is overdue")
        YOURS = "yours", _("A task is yours now")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["user"], condition=Q(seen_at=None), name="notice_unseen")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class QueueVisit(models.Model):
    """When a coordinator looked at the day's queue, and how many learners their day holds."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    capacity = models.PositiveSmallIntegerField(_("learners a day"), default=15)
    since = models.DateTimeField()  # the visit before: what changed after it is new
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.last_at:%Y-%m-%d %H:%M}"


class Handled(models.Model):
    """A learner whom somebody put off the queue, until a day."""

    learner = models.OneToOneField(Learner, models.CASCADE, primary_key=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    until = models.DateField()

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.until}"
