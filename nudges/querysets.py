"""Questions about nudges, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import Nudge  # noqa: F401


class NudgeQuerySet(models.QuerySet["Nudge"]):
    pass
