"""Questions about learners, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import Learner  # noqa: F401


class LearnerQuerySet(models.QuerySet["Learner"]):
    def with_uid(self, uid: str) -> LearnerQuerySet:
        return self.filter(uid=uid)
