"""How often and when learners may hear from us, as staff set it; and how fast each channel may send."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from learners.channels import Channel
from learners.models import Program

AN_HOUR = [MaxValueValidator(23)]
A_YEAR = 366  # in days: the gate looks back as far for each nudge


class ContactPolicy(models.Model):
    """The limits of one program, or of all that have none of their own. Without a row: gate.rules.Policy()."""

    program = models.ForeignKey(
        Program, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("program"),
        help_text=_("Empty: for all programs without limits of their own"),
    )  # fmt: skip
    max_per_day = models.PositiveSmallIntegerField(_("a day, at most"), default=1, validators=[MaxValueValidator(3)])
    max_per_week = models.PositiveSmallIntegerField(_("a week, at most"), default=2, validators=[MaxValueValidator(3)])
    min_gap_hours = models.PositiveSmallIntegerField(
        _("hours between two"), default=4, validators=[MaxValueValidator(168)]
    )
    quiet_from = models.PositiveSmallIntegerField(
        _("quiet from"), default=21, validators=AN_HOUR, help_text=_("Hour in the learner’s time zone")
    )
    quiet_until = models.PositiveSmallIntegerField(
        _("quiet until"), default=8, validators=AN_HOUR, help_text=_("The same hour as above: no quiet hours")
    )
    max_per_goal = models.PositiveSmallIntegerField(
        _("on one goal, at most"), default=3, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    goal_days = models.PositiveSmallIntegerField(
        _("counted over days"), default=28, validators=[MinValueValidator(14), MaxValueValidator(A_YEAR)]
    )
    template_rest_days = models.PositiveSmallIntegerField(
        _("days before the same template again"), default=14, validators=[MaxValueValidator(A_YEAR)]
    )
    unanswered_limit = models.PositiveSmallIntegerField(
        _("unanswered, then a person"), default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    min_inputs_known = models.PositiveSmallIntegerField(
        _("facts known for an automatic nudge"), default=2, validators=[MaxValueValidator(4)]
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact limits")
        verbose_name_plural = _("contact limits")
        constraints = [
            models.UniqueConstraint(
                Coalesce("program_id", 0),
                name="one_policy_per_program",
                violation_error_message=_("These limits exist already. Change them instead."),
            ),
            models.CheckConstraint(  # whoever writes past the forms and the validators
                condition=Q(max_per_week__lte=3, max_per_day__lte=3, max_per_goal__lte=3),
                name="policy_within_what_learners_bear",
                violation_error_message=_("Never more than 3: learners who hear more from us stop listening."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__lte=23, quiet_until__lte=23, unanswered_limit__lte=3, unanswered_limit__gte=1),
                name="policy_hours_and_answers",
                violation_error_message=_("Hours go from 0 to 23, and 1 to 3 unanswered nudges make a task."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.program) if self.program else str(_("All other programs"))


class ChannelState(models.Model):
    """How one channel's provider is doing: shared by all workers, changed under the row's lock."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, primary_key=True)
    per_second = models.FloatField(
        _("messages a second, at most"), null=True, blank=True, validators=[MinValueValidator(0.01)],
        help_text=_("Empty: as fast as the provider answers"),
    )  # fmt: skip
    is_paused = models.BooleanField(_("paused by hand"), default=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    closed_until = models.DateTimeField(_("waits until"), null=True, editable=False)  # the circuit breaker
    tokens = models.FloatField(default=0, editable=False)  # of the rate limit's bucket, at `refilled_at`
    refilled_at = models.DateTimeField(null=True, editable=False)
    history = HistoricalRecords(excluded_fields=["failures", "closed_until", "tokens", "refilled_at"])

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return str(self.get_channel_display())
