"""How the scores of learners moved."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import FloatField
from django.db.models.functions import Cast

from .explained import holds_on
from .models import RiskSnapshot, ScoringRun


def history_of(
    scores: Iterable[Any], *, days: int, run: ScoringRun | None = None
) -> dict[int, list[tuple[date, float]]]:
    """What each learner's score was in the `days` until the day that it describes, and is, by learner id. One query.

    `scores` are RiskScores or rows of them; `run` is the latest one, with which unchanged scores hold.
    """
    by_learner = {score.pk: score for score in scores}
    if not by_learner:
        return {}
    last_days = {learner_id: holds_on(score, run) for learner_id, score in by_learner.items()}
    since = min(last_days.values()) - timedelta(days=days)
    snapshots = RiskSnapshot.objects.filter(learner__in=list(by_learner), day__gte=since).order_by("learner_id", "day")
    drawn = snapshots.annotate(value=Cast("score", FloatField()))  # pixels need no decimals, which are slow to make
    history: dict[int, list[tuple[date, float]]] = {learner_id: [] for learner_id in by_learner}
    for learner_id, day, value in drawn.values_list("learner_id", "day", "value"):
        score = by_learner[learner_id]
        if last_days[learner_id] - timedelta(days=days) <= day < score.as_of and score.priority >= 0:
            history[learner_id].append((day, value))
    for learner_id, score in by_learner.items():
        if score.priority >= 0:
            last_day = last_days[learner_id]
            held = sorted({max(score.as_of, last_day - timedelta(days=days)), last_day})
            history[learner_id] += [(day, float(score.score)) for day in held]
    return history
