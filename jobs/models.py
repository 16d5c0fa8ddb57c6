"""What runs by itself: when each job was last due, how each of its runs went, and which processes are at work."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Schedule(models.Model):
    """One job of settings.SCHEDULE. Whoever moves `fired_for` on, by a conditional update, has started that run."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    fired_for = models.DateTimeField(_("last due"))

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that does jobs. It says every few seconds that it is alive, and takes its row away when it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(_("machine"), max_length=255)
    pid = models.PositiveIntegerField(_("process id"))
    roles = models.CharField(_("what it does"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.host}, {self.pid}"

    @property
    def role_names(self) -> list[str]:
        return self.roles.split(",")


class JobRun(models.Model):
    """One run of a job: what it was, how it went, and what came of it.

    A run that was queued waits until a worker takes it; one whose process died is cut off.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CUT_OFF = "cut_off", _("Cut off")

    name = models.CharField(_("job"), max_length=60)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.RUNNING)
    queued_at = models.DateTimeField(_("queued"), null=True)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)  # of one that waits: when it was made
    finished_at = models.DateTimeField(_("finished"), null=True)
    counts = models.JSONField(_("counts"), default=dict)
    error = models.TextField(_("error"), blank=True)
    worker_id = models.UUIDField(null=True, editable=False)  # no foreign key: the worker's row goes, the run stays
    correlation_id = models.UUIDField(_("correlation id"), default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["name", "-started_at"], name="jobrun_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(status="waiting"), name="jobrun_waits_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is not over."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()
