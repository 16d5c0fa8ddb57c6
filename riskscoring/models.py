"""How worried to be about each learner, how that moved, and who worked it out when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Learner, Program

from . import scoring
from .levels import Level
from .querysets import RiskScoreQuerySet


class Label(models.TextChoices):
    HIGH = scoring.HIGH, _("High")
    MEDIUM = scoring.MEDIUM, _("Medium")
    LOW = scoring.LOW, _("Low")


class RiskScore(models.Model):
    """One narrow row a learner, rewritten by the nightly run only where it changed."""

    learner = models.OneToOneField(
        Learner, models.CASCADE, primary_key=True, related_name="risk", verbose_name=_("learner")
    )
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=4)
    label = models.CharField(_("label"), max_length=6, choices=Label.choices)
    inputs_known = models.PositiveSmallIntegerField(_("inputs known"))
    # What the board filters and sorts by, in one index: the score in ten-thousandths, or -1 when there is not enough
    # data, so that those learners come last and are found by a range like every level.
    priority = models.SmallIntegerField()
    # Ten-thousandths since the latest weekly snapshot before `as_of`; null when there is none.
    change = models.SmallIntegerField(_("change since last week"), null=True)
    scorer = models.CharField(_("scorer"), max_length=40)
    # The day from which all of this has held: a run that finds nothing different leaves the row alone.
    as_of = models.DateField(_("as of"))
    computed_at = models.DateTimeField(_("computed"))

    objects = RiskScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk score")
        verbose_name_plural = _("risk scores")
        indexes = [models.Index(fields=["priority", "learner"], name="riskscore_priority")]

    def __str__(self) -> str:
        return f"{self.score} ({self.label})"


class RiskSnapshot(models.Model):
    """What a score was on a day: a row where the label changed or the score moved by 0.02, and a weekly one for all."""

    pk = models.CompositePrimaryKey("learner", "day")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    score = models.DecimalField(max_digits=5, decimal_places=4)
    label = models.CharField(max_length=6, choices=Label.choices)
    inputs_known = models.PositiveSmallIntegerField()
    scorer = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.day}: {self.score}"


class ScoreVersion(models.Model):
    """One row, whose number grows whenever scores were written: see version.py."""

    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)


class LabelCount(models.Model):
    """How many learners of a program and cohort had a level on a day: so that trends never read every learner."""

    day = models.DateField()
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="+")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, related_name="+")
    level = models.CharField(max_length=7)  # a Label, or "unknown" when there is not enough data
    learners = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="labelcount_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.level}: {self.learners}"


class ScoringRun(models.Model):
    """One recomputation, for staff and ops: who or what started it, when, and what came of it."""

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    trigger = models.CharField(_("started from"), max_length=40)  # "command", "import", "admin", …
    scorer = models.CharField(_("scorer"), max_length=40)
    as_of = models.DateField(_("as of"))
    program = models.ForeignKey(Program, models.SET_NULL, null=True, related_name="+", verbose_name=_("program"))
    is_full = models.BooleanField(_("of everyone"))  # not an import's learners alone, nor one program's
    weekly = models.BooleanField(_("weekly snapshot"), default=False)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    learners = models.PositiveIntegerField(_("learners"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    counts = models.JSONField(_("by label"), default=dict)

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        ordering = ["-started_at", "-id"]
        get_latest_by = "started_at"

    def __str__(self) -> str:
        return f"{self.as_of} ({self.trigger})"

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def by_level(self) -> list[tuple[Level, int]]:
        """How many learners had each level, the most worrying first; levels that nobody had are left out."""
        return [(level, self.counts[level]) for level in Level if self.counts.get(level)]
