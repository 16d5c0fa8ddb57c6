"""Questions about nudges, as sentences."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from .states import COUNTED, UNSURE, State

if TYPE_CHECKING:
    from .models import Nudge  # noqa: F401

# Longer than any provider's time-out: whoever was sending it is gone, and nobody knows whether it arrived.
STUCK_AFTER = timedelta(minutes=10)


def is_counted(nudge: str = "") -> Q:
    """Whether a nudge uses up the frequency cap; `nudge` is the path to it, for example "nudges__"."""
    unsure = Q(**{f"{nudge}state": State.FAILED, f"{nudge}reason__in": UNSURE})
    return Q(**{f"{nudge}state__in": COUNTED}) | unsure


class NamedManager(models.Manager):
    """For rows that are the same row wherever their short name (`slug`) is the same: fixtures name them by it."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def counted(self) -> NudgeQuerySet:
        """Those that use up the frequency cap."""
        return self.filter(is_counted())

    def stuck(self, now: datetime) -> NudgeQuerySet:
        """Taken for sending, and never finished: the sender died. Nobody knows whether they arrived."""
        return self.filter(state=State.SENDING, due_at__lt=now - STUCK_AFTER)

    def with_people(self) -> NudgeQuerySet:
        """With what a list shows of each: the learner, the coordinator, and the text."""
        return self.select_related("learner", "created_by", "wording")
