"""What learners did: one flat row a statement. Can be made again from the record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner

from .courses import Lesson


class Event(models.Model):
    """One statement about one learner that we know, flat. Can be made again from the statement."""

    position = models.BigIntegerField(_("position"), primary_key=True)  # the statement's
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False, verbose_name=_("learner"))
    verb = models.CharField(_("verb"), max_length=1000)
    object_id = models.CharField(_("object"), max_length=2000)
    object_type = models.CharField(_("type"), max_length=1000, blank=True)
    object_name = models.CharField(_("name"), max_length=300, blank=True)
    parent_id = models.CharField(_("parent activity"), max_length=2000, blank=True)  # or the quiz's it is of
    meaning = models.CharField(_("meaning"), max_length=9, blank=True)  # for lessons and sessions: see facts/meaning.py
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+", verbose_name=_("lesson"))
    mark = models.DecimalField(_("mark"), max_digits=5, decimal_places=2, null=True)  # 0 to 100
    # By itself: see facts/meaning.py; a mark is there.
    mark_counts = models.BooleanField(_("mark counts"), default=False)
    success = models.BooleanField(_("success"), null=True)
    completion = models.BooleanField(_("completion"), null=True)
    duration_seconds = models.DecimalField(_("duration"), max_digits=12, decimal_places=2, null=True)
    occurred_at = models.DateTimeField(_("time"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_at", "-position"]
        indexes = [
            models.Index(fields=["learner", "occurred_at"], name="event_of_learner"),
            models.Index(fields=["learner"], name="event_marks", condition=Q(mark_counts=True)),
            models.Index(fields=["learner"], name="event_answers", condition=Q(meaning="answered", lesson=None)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_id}"
