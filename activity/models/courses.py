"""What a class is to do, and when: lessons, sessions, and the days on which nothing is expected."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Program


class Lesson(models.Model):
    """A piece of a program that learners work through, known to tools by its activity's IRI."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="lessons", verbose_name=_("program"))
    activity_id = models.CharField(
        _("activity"), max_length=1000, help_text=_("The IRI by which tools name it in their statements")
    )
    title = models.CharField(_("title"), max_length=300)
    order = models.PositiveIntegerField(_("order"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True, help_text=_("From this day on, in UTC"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("How long it takes: a reminder says so")
    )
    counts = models.BooleanField(_("counts"), default=True, help_text=_("Towards the share of work handed in"))
    discovered = models.BooleanField(_("found in statements"), default=False, editable=False)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["program__name", "order", "due_on", "title"]
        constraints = [models.UniqueConstraint(fields=["program", "activity_id"], name="lesson_once_in_program")]
        indexes = [models.Index(fields=["program", "due_on"], name="lesson_due")]

    def __str__(self) -> str:
        return self.title


class Session(models.Model):
    """A scheduled meeting of a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="sessions", verbose_name=_("cohort"))
    title = models.CharField(_("title"), max_length=300)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lesson")
    )
    activity_id = models.CharField(
        _("activity"), max_length=1000, blank=True, help_text=_("The IRI by which tools name it in their statements")
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_its_start"),
            models.UniqueConstraint(
                fields=["cohort", "activity_id"], condition=~Q(activity_id=""), name="session_once_in_cohort"
            ),
        ]
        indexes = [models.Index(fields=["cohort", "ends_at"], name="session_of_cohort")]

    def __str__(self) -> str:
        return self.title


class Interruption(models.Model):
    """Days on which a whole cohort fell silent (a holiday, an outage): one event, not an alarm for each learner."""

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        DISMISSED = "dismissed", _("not an interruption")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="interruptions", verbose_name=_("cohort"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recognised = models.BooleanField(_("recognised by itself"), default=False, editable=False)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("interruption")
        verbose_name_plural = _("interruptions")
        ordering = ["-first_day"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "first_day"], name="interruption_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="interruption_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
