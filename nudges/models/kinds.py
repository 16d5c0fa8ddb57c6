"""The words by which messages are told apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Origin(models.TextChoices):
    """By which door a nudge came. All pass the same gate."""

    PERSON = "person", _("A coordinator")
    API = "api", _("The API")
    BULK = "bulk", _("A bulk nudge")
    CAMPAIGN = "campaign", _("A campaign")
    REMINDER = "reminder", _("The daily reminders")
    SIMULATION = "simulation", _("A simulated run")


# Chosen by a rule and not by a person: these need enough data, keep a holdout, and stop when nobody answers.
AUTOMATIC = frozenset({Origin.CAMPAIGN, Origin.REMINDER, Origin.SIMULATION})

# Which goes first: a person waits for the answer, a campaign for nobody. The smaller the sooner.
PRIORITY = {
    Origin.PERSON: 0,
    Origin.API: 0,
    Origin.REMINDER: 2,
    Origin.BULK: 4,
    Origin.SIMULATION: 6,
    Origin.CAMPAIGN: 6,
}
