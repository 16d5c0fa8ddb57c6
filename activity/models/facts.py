"""What follows from events. Can be made again from them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Learner, Program

from .courses import Lesson, Session


class LessonProgress(models.Model):
    """How far one learner got with one lesson: minima and maxima over events, so their order does not matter."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="progress")
    begun_at = models.DateTimeField(_("begun"))
    last_at = models.DateTimeField(_("last worked on"))
    completed_at = models.DateTimeField(_("completed"), null=True)
    best_mark = models.DecimalField(_("best mark"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [models.UniqueConstraint(fields=["learner", "lesson"], name="progress_once")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.lesson_id}"


class Attendance(models.Model):
    """Whether one learner booked a session, and came."""

    class Answer(models.TextChoices):
        BOOKED = "booked", _("booked")
        ATTENDED = "attended", _("attended")
        MISSED = "missed", _("missed")
        EXCUSED = "excused", _("excused")

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance", verbose_name=_("session"))
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    answer = models.CharField(_("attendance"), max_length=8, choices=Answer.choices)
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    by_hand = models.BooleanField(_("recorded by staff"), default=False, editable=False)  # wins over statements
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["session", "learner"], name="attendance_once")]

    def __str__(self) -> str:
        return self.get_answer_display()


class ActiveDay(models.Model):
    """A learner did something on this day, in UTC."""

    pk = models.CompositePrimaryKey("learner", "day")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.day}"


class UsualHour(models.Model):
    """The hour of the day, in UTC, in which a learner does most: worked out every night from the last weeks' events."""

    learner = models.OneToOneField(Learner, models.CASCADE, primary_key=True, related_name="+")
    hour = models.PositiveSmallIntegerField()  # 0 to 23, UTC
    events = models.PositiveIntegerField()  # in that hour, of the weeks looked at

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.hour}"


class LearnerFacts(models.Model):
    """What events say of the four inputs of the score; null where they say nothing. They win over imported values."""

    learner = models.OneToOneField(
        Learner, models.CASCADE, primary_key=True, related_name="facts", verbose_name=_("learner")
    )
    last_activity_at = models.DateTimeField(_("last activity"), null=True)
    lessons_due = models.PositiveIntegerField(_("lessons due"), default=0)
    lessons_completed = models.PositiveIntegerField(_("of these completed"), default=0)
    completed_percent = models.DecimalField(_("completed"), max_digits=5, decimal_places=2, null=True)
    marks = models.PositiveIntegerField(_("marks"), default=0)
    avg_quiz_score = models.DecimalField(_("quiz average"), max_digits=5, decimal_places=2, null=True)
    consecutive_missed_sessions = models.PositiveIntegerField(_("sessions missed in a row"), null=True)
    # Where the learner was then: who moves has other lessons and sessions.
    program = models.ForeignKey(
        Program, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("program")
    )
    cohort = models.ForeignKey(
        Cohort, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("cohort")
    )
    as_of = models.DateField(_("last changed"))

    class Meta:
        verbose_name = _("facts")
        verbose_name_plural = _("facts")

    def __str__(self) -> str:
        return str(self.learner_id)
