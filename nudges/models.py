"""What we say to learners, who wrote it, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from learners.channels import Channel
from learners.models import Learner

from .querysets import NamedManager, NudgeQuerySet
from .states import State


class NudgeType(models.TextChoices):
    REMINDER = "reminder", _("Reminder")
    MOTIVATION = "motivation", _("Motivation")
    ENCOURAGEMENT = "encouragement", _("Encouragement")
    QUIZ_REMINDER = "quiz_reminder", _("Quiz reminder")
    COMPLETION_BOOST = "completion_boost", _("Completion boost")
    KUDOS = "kudos", _("Kudos")
    COACHING = "coaching", _("Coaching")


class Source(models.TextChoices):
    AI = "ai", _("AI")
    TEMPLATE = "template", _("Template")


class FallbackTemplate(models.Model):
    """Text for one channel, type and language, used when the model is unavailable or its text is refused."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=120, blank=True, help_text=_("Email only"))
    body = models.TextField(_("text"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    objects = NamedManager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("fallback template")
        verbose_name_plural = _("fallback templates")
        ordering = ["channel", "type", "language", "slug"]

    def __str__(self) -> str:
        return self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Prompt(models.Model):
    """What the language model is asked. `purpose` says which writer uses it; one is in use for each purpose."""

    class Purpose(models.TextChoices):
        NUDGE = "nudge", _("Nudge")
        QUIZ = "quiz", _("Quiz")

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    system = models.TextField(_("instructions"))
    user = models.TextField(_("request"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    objects = NamedManager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"],
                condition=models.Q(is_active=True),
                name="one_active_prompt_per_purpose",
                violation_error_message=_("Another prompt is in use for this purpose. Take that one out of use first."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def label(self) -> str:
        """Short name and version, as kept with what it wrote."""
        return f"{self.slug}-{self.version}"


class NudgeBatch(models.Model):
    """Learners nudged together: who is meant, what they are to read, and how far it has got.

    A draft until `started_at`; then learners are queued by primary key, and it is done at `finished_at`.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    audience = models.JSONField(_("audience"), default=dict)  # nudges.audience.Audience.as_json()
    texts = models.JSONField(_("texts"), default=dict)  # language → nudges.planning.Text as a dict
    own_language = models.BooleanField(_("each learner’s own language"), default=False)
    reached = models.BigIntegerField(default=0)  # learners up to this primary key have their nudge, or their reason
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("drafted by")
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("all queued"), null=True)

    class Meta:
        verbose_name = _("bulk nudge")
        verbose_name_plural = _("bulk nudges")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.uuid)


class Nudge(models.Model):
    """One message to one learner, from draft to outcome.

    `body` keeps its placeholders until it is queued; `content` and `subject` are then exactly what goes out.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="nudges", verbose_name=_("learner"))
    batch = models.ForeignKey(NudgeBatch, models.SET_NULL, null=True, blank=True, related_name="nudges", db_index=False)
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
            models.Index(fields=["id"], condition=models.Q(state="queued"), name="nudge_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} · {self.get_channel_display()}"


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

    def __str__(self) -> str:
        return f"{self.provider}: {self.outcome}"


class Quiz(models.Model):
    """Questions for one learner, in the shape that quiz_rules.py checks."""

    class Difficulty(models.TextChoices):
        EASY = "easy", _("Easy")
        MEDIUM = "medium", _("Medium")
        HARD = "hard", _("Hard")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    topic = models.CharField(_("topic"), max_length=200)
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices)
    questions = models.JSONField(_("questions"))  # [{"question", "options": […], "answer": index, "explanation"}]
    source = models.CharField(_("written by"), max_length=10, choices=Source.choices)
    fallback_reason = models.CharField(_("why the template"), max_length=40, blank=True)
    prompt_version = models.CharField(_("prompt version"), max_length=100, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(_("cost (USD)"), max_digits=12, decimal_places=6, default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.topic
