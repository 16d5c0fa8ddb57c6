"""Questions about risk, as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, F, Q, Value, When

from .levels import PRIORITIES

if TYPE_CHECKING:
    from .models import RiskScore  # noqa: F401

NOT_ENOUGH_DATA = -1  # the bucket of those without a score that means something

# What a row of the board shows of the learner, by the name that it has there.
OF_THE_LEARNER = {
    "uid": "learner__uid",
    "name": "learner__name",
    "email": "learner__email",
    "program": "learner__program__name",
    "cohort": "learner__cohort__name",
    "last_login": "learner__last_login",
    "completed_percent": "learner__completed_percent",
    "avg_quiz_score": "learner__avg_quiz_score",
    "consecutive_missed_sessions": "learner__consecutive_missed_sessions",
    "lessons_due": "learner__facts__lessons_due",
    "lessons_completed": "learner__facts__lessons_completed",
    "last_contacted_at": "learner__last_contacted_at",
    "last_contact_channel": "learner__last_contact_channel",
}


class RiskScoreQuerySet(models.QuerySet["RiskScore"]):
    def at_levels(self, levels: Iterable[str]) -> RiskScoreQuerySet:
        """Those at any of these levels. Raises KeyError for what is not a level."""
        ranges = (Q(priority__range=PRIORITIES[level]) for level in levels)
        condition = Q()
        for one in ranges:
            condition |= one
        return self.filter(condition)

    def with_learners(self) -> RiskScoreQuerySet:
        """With what a list shows of each learner, in the same query."""
        return self.select_related("learner__program", "learner__cohort", "learner__facts")

    def listed(self) -> models.QuerySet:
        """Named tuples of a score and of what the board shows of its learner: half the time of four model instances."""
        shown = self.annotate(**{name: F(path) for name, path in OF_THE_LEARNER.items()})
        of_the_score = ["pk", "score", "priority", "change", "as_of", "computed_at"]
        return shown.values_list(*of_the_score, *OF_THE_LEARNER, named=True)

    def contacted_since(self, moment: datetime) -> RiskScoreQuerySet:
        return self.filter(learner__last_contacted_at__gte=moment)

    def counts_by_tenth(self) -> dict[int, int]:
        """How many learners have a score in each tenth: 1 is up to 0.1, 10 above 0.9; a score of 0 is in 1.

        NOT_ENOUGH_DATA has a bucket of its own. No level begins inside a tenth, so this answers for levels too.
        """
        tenth = Case(
            When(priority__lt=0, then=Value(NOT_ENOUGH_DATA)),
            When(priority=0, then=Value(1)),
            default=(F("priority") + Value(999)) / Value(1000),
            output_field=models.IntegerField(),
        )
        rows = self.order_by().values_list(tenth.copy()).annotate(learners=Count("*"))
        return dict(rows)
