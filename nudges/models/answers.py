"""What comes back: replies, reports of providers, opens and clicks; and where automation stopped."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel
from learners.models import Learner

from .messages import Nudge


class Reply(models.Model):
    """What a learner answered, on whichever way."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Reply")
        FINE = "fine", _("I’m fine")
        HELP = "help", _("I need help")
        STOP = "stop", _("Stop")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    nudge = models.ForeignKey(Nudge, models.SET_NULL, null=True, related_name="replies", verbose_name=_("nudge"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "provider_message_id"], condition=~Q(provider_message_id=""), name="reply_once"
            )
        ]
        indexes = [models.Index(fields=["learner", "-at"], name="reply_of_learner")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AutomationStop(models.Model):
    """From then on nothing automatic goes to this learner, on one goal or on all (""), until it ends."""

    class Cause(models.TextChoices):
        REPLY = "reply", _("The learner replied")
        FINE = "fine", _("The learner said “I’m fine”")
        HELP = "help", _("The learner asked for help")
        UNANSWERED = "unanswered", _("Nobody answered")
        BY_HAND = "by_hand", _("Stopped by hand")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    goal = models.CharField(_("goal"), max_length=60, blank=True)
    cause = models.CharField(_("why"), max_length=10, choices=Cause.choices)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)  # null: until somebody lifts it
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )

    class Meta:
        verbose_name = _("stop of automation")
        verbose_name_plural = _("stops of automation")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "goal", "cause"], condition=Q(lifted_at=None), name="one_stop_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_cause_display())


class Touch(models.Model):
    """An open or a click: diagnostics, never an outcome. Soon after sending it was a machine."""

    class Kind(models.TextChoices):
        OPEN = "open", _("opened")
        CLICK = "click", _("clicked")
        READ = "read", _("read, says the provider")

    nudge = models.ForeignKey(Nudge, models.CASCADE, related_name="touches")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    at = models.DateTimeField(_("when"))
    is_machine = models.BooleanField(_("a machine"))

    class Meta:
        verbose_name = _("open or click")
        verbose_name_plural = _("opens and clicks")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class ProviderReport(models.Model):
    """What a provider told us of a message, once: the same report again changes nothing."""

    provider = models.CharField(_("provider"), max_length=40)
    key = models.CharField(max_length=300)  # the provider's id of the event, or of the message and what is said of it
    kind = models.CharField(_("kind"), max_length=20)  # hooks.reports.Kind
    nudge = models.ForeignKey(Nudge, models.SET_NULL, null=True, related_name="reports", verbose_name=_("nudge"))
    provider_message_id = models.CharField(_("provider's id"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))  # by the provider's clock, if it says
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("provider’s report")
        verbose_name_plural = _("providers’ reports")
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["provider", "key"], name="report_once")]
        indexes = [  # those whose message is not known yet
            models.Index(fields=["provider_message_id"], condition=Q(nudge=None), name="report_unmatched")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"
