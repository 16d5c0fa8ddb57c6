"""One message to one learner, every change of its state, and every call to a provider about it."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel
from learners.models import Learner

from ..querysets import NudgeQuerySet
from ..states import State
from .batches import NudgeBatch, Wording
from .kinds import NudgeType, Origin, Source
from .texts import FallbackTemplate, Prompt


class Nudge(models.Model):
    """One message to one learner, from draft to outcome.

    `body` keeps its placeholders until it is queued; `content` and `subject` are then exactly what goes out. One of a
    batch has its text in the batch's wording until it leaves.
    """

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    learner = models.ForeignKey(  # the index nudge_by_learner begins with it
        Learner, models.CASCADE, related_name="nudges", db_index=False, verbose_name=_("learner")
    )
    batch = models.ForeignKey(NudgeBatch, models.SET_NULL, null=True, blank=True, related_name="nudges", db_index=False)
    wording = models.ForeignKey(Wording, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    origin = models.CharField(_("came from"), max_length=10, choices=Origin.choices, default=Origin.PERSON)
    priority = models.PositiveSmallIntegerField(default=0)  # kinds.PRIORITY: the smaller the sooner
    goal = models.CharField(_("goal"), max_length=60, blank=True)  # what it asks for, as goals.py writes it
    arm = models.CharField(_("group"), max_length=7, blank=True)  # "a", "b" or "holdout" of an automatic one
    stage = models.PositiveSmallIntegerField(default=0)  # of a rollout: 0 goes first, 1 when the rest is released
    correlation_id = models.UUIDField(_("correlation id"), default=uuid4, editable=False)  # of what caused it
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text with placeholders"), blank=True)
    content = models.TextField(_("text as sent"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    # A stable code: why suppressed, failed or cancelled. In words: reasons.sentence_of.
    reason = models.CharField(_("reason"), max_length=40, blank=True)

    source = models.CharField(_("written by"), max_length=10, choices=Source.choices)
    fallback_reason = models.CharField(_("why the template"), max_length=40, blank=True)  # a stable code
    edited = models.BooleanField(_("edited by a person"), default=False)
    template = models.ForeignKey(FallbackTemplate, models.SET_NULL, null=True, blank=True, related_name="+")
    template_version = models.PositiveIntegerField(null=True, blank=True)
    prompt = models.ForeignKey(Prompt, models.SET_NULL, null=True, blank=True, related_name="+")
    prompt_version = models.CharField(_("prompt version"), max_length=100, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(_("cost (USD)"), max_digits=12, decimal_places=6, default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordinator"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    queued_at = models.DateTimeField(_("queued"), null=True, blank=True)
    # When it is to leave, and once it has, when it left: what the frequency cap counts by.
    due_at = models.DateTimeField(_("leaves"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = NudgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("nudge")
        verbose_name_plural = _("nudges")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(  # and the index by which a batch counts its nudges
                fields=["batch", "learner"],
                condition=models.Q(batch__isnull=False),
                name="one_nudge_per_batch_and_learner",
            )
        ]
        indexes = [
            models.Index(fields=["learner", "-created_at"], name="nudge_by_learner"),
            models.Index(  # what people and the API sent: the most urgent first
                fields=["channel", "priority", "due_at", "id"],
                condition=models.Q(state="queued", batch=None),
                name="nudge_waiting",
            ),
            models.Index(  # of each batch: one that is paused costs nothing
                fields=["batch", "channel", "due_at", "id"],
                condition=models.Q(state="queued", batch__isnull=False),
                name="nudge_waiting_in_batch",
            ),
            models.Index(fields=["state"], condition=models.Q(state="sending"), name="nudge_sending"),
            # Whether anything of a batch still waits is asked all the time, and the answer is mostly no.
            models.Index(fields=["batch"], condition=models.Q(state="queued"), name="nudge_waiting_of_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} · {self.get_channel_display()}"

    @property
    def words(self) -> str:
        """What it says: as it went out, else with its placeholders; empty where no text was chosen."""
        return self.content or self.body or (self.wording.body if self.wording else "")

    @property
    def heading(self) -> str:
        """The subject that goes with `words`."""
        return self.subject or (self.wording.subject if self.wording and not self.content else "")


class NudgeEvent(models.Model):
    """One change of state, so that every nudge can be followed from cause to outcome."""

    nudge = models.ForeignKey(Nudge, models.CASCADE, related_name="events")
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.state}"


class Attempt(models.Model):
    """One call to a provider: saved before the call, completed after it. One without an outcome was cut off."""

    class Outcome(models.TextChoices):
        STARTED = "started", _("Started")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    nudge = models.ForeignKey(Nudge, models.CASCADE, related_name="attempts")
    provider = models.CharField(_("provider"), max_length=40)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.STARTED)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    provider_message_id = models.CharField(_("provider's id"), max_length=200, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    retrying_helps = models.BooleanField(_("retrying helps"), default=False)

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [
            models.Index(fields=["started_at"], name="attempt_by_time"),
            models.Index(
                fields=["provider_message_id"],
                condition=~models.Q(provider_message_id=""),
                name="attempt_by_provider_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.outcome}"
