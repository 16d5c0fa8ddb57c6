"""What people are shown of a score: a level, each a range of RiskScore.priority."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from . import scoring


class Level(models.TextChoices):
    HIGH = scoring.HIGH, _("High")
    MEDIUM = scoring.MEDIUM, _("Medium")
    LOW = scoring.LOW, _("Low")
    UNKNOWN = scoring.UNKNOWN, _("Not enough data")


# The lowest and the highest priority of each level.
PRIORITIES: dict[str, tuple[int, int]] = {
    Level.HIGH: (scoring.HIGH_ABOVE + 1, 10_000),
    Level.MEDIUM: (scoring.MEDIUM_ABOVE + 1, scoring.HIGH_ABOVE),
    Level.LOW: (0, scoring.MEDIUM_ABOVE),
    Level.UNKNOWN: (-1, -1),
}


def level_of(priority: int) -> Level:
    return Level(scoring.UNKNOWN if priority < 0 else scoring.label_of(priority))
