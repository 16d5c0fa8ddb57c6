"""Questions about risk, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import RiskScore  # noqa: F401


class RiskScoreQuerySet(models.QuerySet["RiskScore"]):
    pass
