"""Messages to many: who is meant, what they are to read, how often, and how far it has got."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel

from .kinds import NudgeType, Origin, Source
from .texts import FallbackTemplate, Prompt


class Segment(models.Model):
    """A named filter over learners, read anew whenever it is used. `query` is what SegmentFilter reads."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    query = models.CharField(_("filter"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("saved by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """What is said to a segment, once or again and again. Each time is a NudgeBatch."""

    class Recurrence(models.TextChoices):
        ONCE = "once", _("Once")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, related_name="campaigns", verbose_name=_("audience")
    )
    is_reminder = models.BooleanField(default=False, editable=False)  # the one that sends the daily reminders
    goal = models.CharField(
        _("goal"),
        max_length=60,
        help_text=_("What the learner should do: messages with one goal are counted together."),
    )
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    channels = models.JSONField(_("channels"), default=list)  # codes of Channel, the preferred one first
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: each learner’s own")
    )
    source = models.CharField(_("written by"), max_length=10, choices=Source.choices, default=Source.TEMPLATE)
    has_two_messages = models.BooleanField(_("compare two messages"), default=False)
    holdout_percent = models.PositiveSmallIntegerField(
        _("holdout"),
        default=10,
        validators=[MaxValueValidator(50)],
        help_text=_("Percent of those who would get it and by chance do not, so that its effect can be told."),
    )
    salt = models.PositiveIntegerField(default=0, editable=False)  # of the chances: the same learner, the same arm

    window_from = models.PositiveSmallIntegerField(_("not before"), default=9, validators=[MaxValueValidator(23)])
    window_until = models.PositiveSmallIntegerField(
        _("not after"), default=20, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    usual_hour = models.PositiveSmallIntegerField(_("usual hour"), default=17, validators=[MaxValueValidator(23)])
    learns_hours = models.BooleanField(_("at each learner’s own hour"), default=True)

    rollout_percent = models.PositiveSmallIntegerField(
        _("first"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    rollout_hours = models.PositiveSmallIntegerField(_("then wait"), default=24)
    max_opt_out_percent = models.DecimalField(_("opt-outs, at most"), max_digits=5, decimal_places=2, default=1)
    max_complaint_percent = models.DecimalField(_("complaints, at most"), max_digits=5, decimal_places=2, default="0.3")
    max_failure_percent = models.DecimalField(_("failures, at most"), max_digits=5, decimal_places=2, default=10)

    recurrence = models.CharField(_("how often"), max_length=8, choices=Recurrence.choices, default=Recurrence.ONCE)
    starts_at = models.DateTimeField(_("starts"), null=True)  # the first run: all others are counted from it
    next_run_at = models.DateTimeField(_("next"), null=True, blank=True)
    is_on = models.BooleanField(_("switched on"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    texts = models.JSONField(default=list)  # of nudges.wordings.Text as dicts: what is approved is what is sent
    approved_digest = models.CharField(max_length=64, blank=True, editable=False)  # of the texts that were approved
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_reminder"], condition=Q(is_reminder=True), name="one_campaign_of_reminders"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NudgeBatch(models.Model):
    """Learners nudged together, by hand or by a campaign: a draft, then planned at once, then on their way.

    Planning gives every learner of the audience one Nudge, queued or suppressed with its reason.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")  # until `starts_at` it can be taken back, and nobody has got anything
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # and its nudges' correlation id
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="batches")
    day = models.DateField(_("day"), null=True)  # of a recurring campaign: one batch a day
    origin = models.CharField(_("came from"), max_length=10, choices=Origin.choices, default=Origin.BULK)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)  # the preferred one
    channels = models.JSONField(_("channels"), default=list)  # all, the preferred one first; empty: `channel` alone
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    goal = models.CharField(_("goal"), max_length=60, blank=True)
    audience = models.JSONField(_("audience"), default=dict)  # nudges.audience.Audience.as_json()
    own_language = models.BooleanField(_("each learner’s own language"), default=False)
    holdout_percent = models.PositiveSmallIntegerField(_("holdout"), default=0)
    salt = models.PositiveIntegerField(default=0)
    window_from = models.PositiveSmallIntegerField(null=True)  # hours in the learner's zone; null: whenever it may
    window_until = models.PositiveSmallIntegerField(null=True)
    usual_hour = models.PositiveSmallIntegerField(null=True)
    learns_hours = models.BooleanField(default=False)
    rollout_percent = models.PositiveSmallIntegerField(default=100)  # less: that many first, the rest when released
    counts = models.JSONField(default=dict)  # code → learners, as planned; the sum of the batch's nudges
    halted_because = models.CharField(_("paused because"), max_length=40, blank=True)  # a code, when a limit paused it
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("drafted by")
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    starts_at = models.DateTimeField(_("starts"), null=True)  # the end of the undo window, or the time it was set for
    started_at = models.DateTimeField(_("started"), null=True)
    released_at = models.DateTimeField(_("rest released"), null=True)
    finished_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("bulk nudge")
        verbose_name_plural = _("bulk nudges")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "day"], condition=Q(day__isnull=False), name="one_batch_of_a_campaign_a_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Wording(models.Model):
    """A text of a batch, shared by all its learners of one channel, language, situation and arm.

    `turn` orders the texts of one such place: a learner gets the first that was not sent to them lately.
    """

    batch = models.ForeignKey(NudgeBatch, models.CASCADE, related_name="wordings")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    situation = models.PositiveSmallIntegerField(default=0)  # see situations.py; 0 for a text that fits everyone
    arm = models.CharField(max_length=1, default="a")  # "a" or "b"
    turn = models.PositiveSmallIntegerField(default=0)
    needs = models.PositiveSmallIntegerField(default=0)  # the facts that it names: bits of situations.FACTS
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text with placeholders"))
    source = models.CharField(_("written by"), max_length=10, choices=Source.choices)
    fallback_reason = models.CharField(_("why the template"), max_length=40, blank=True)
    edited = models.BooleanField(_("edited by a person"), default=False)
    template = models.ForeignKey(FallbackTemplate, models.SET_NULL, null=True, related_name="+")
    template_version = models.PositiveIntegerField(null=True)
    prompt = models.ForeignKey(Prompt, models.SET_NULL, null=True, related_name="+")
    prompt_version = models.CharField(_("prompt version"), max_length=100, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(_("cost (USD)"), max_digits=12, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("text of a bulk nudge")
        verbose_name_plural = _("texts of bulk nudges")
        ordering = ["channel", "language", "situation", "arm", "turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "channel", "language", "situation", "arm", "turn"], name="one_wording_in_its_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.language} {self.situation}{self.arm}"
