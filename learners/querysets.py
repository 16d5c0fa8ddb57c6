"""Questions about learners, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import Cohort, ContactPreference, Learner, Program


class LearnerQuerySet(models.QuerySet["Learner"]):
    def get_by_natural_key(self, uid: str) -> Learner:
        return self.get(uid=uid)


class ProgramQuerySet(models.QuerySet["Program"]):
    def get_by_natural_key(self, name: str) -> Program:
        return self.get(name=name)


class CohortQuerySet(models.QuerySet["Cohort"]):
    def get_by_natural_key(self, program: str, name: str) -> Cohort:
        return self.get(program__name=program, name=name)


class PreferenceQuerySet(models.QuerySet["ContactPreference"]):
    def get_by_natural_key(self, uid: str, channel: str) -> ContactPreference:
        return self.get(learner__uid=uid, channel=channel)
