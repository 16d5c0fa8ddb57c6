"""What texts are made from: the templates and prompts that staff keep, and quizzes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from learners.channels import Channel
from learners.models import Learner

from ..querysets import NamedManager
from .kinds import NudgeType, Source


class FallbackTemplate(models.Model):
    """Text for one channel, type and language, used when the model is unavailable or its text is refused."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    type = models.CharField(_("type"), max_length=20, choices=NudgeType.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=120, blank=True, help_text=_("Email only"))
    body = models.TextField(_("text"))
    provider_template = models.CharField(
        _("approved as"),
        max_length=512,
        blank=True,
        help_text=_(
            "WhatsApp only: the name under which the provider approved exactly this text. Needed to write first."
        ),
    )
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
        BULK = "bulk", _("Nudge to many")
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
