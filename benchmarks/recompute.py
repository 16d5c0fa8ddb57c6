"""Recomputing risk one day later, beside the raw SQL update and beside a loop of saves"""

import statistics
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from learners.models import Learner
from riskscoring.models import RiskScore, ScoringRun
from riskscoring.scoring import compute_risk
from riskscoring.services import recompute_risk, rescore_learners

from .harness import Finding, Limit, Ratio, command_peak_megabytes, median_seconds, seconds_of, tidy
from .learners import DAY, fill_learners

SAVED = 20_000  # a loop of saves over all would take half an hour
TIMES = 3

# What one would write by hand: the formula in floats, the scores that differ, nothing else.
RAW_UPDATE = {
    "sqlite": """
        UPDATE riskscoring_riskscore AS r
        SET score = f.score, priority = CAST(ROUND(f.score * 10000) AS integer), as_of = %s, computed_at = %s,
            label = CASE WHEN f.score > 0.7 THEN 'high' WHEN f.score > 0.4 THEN 'medium' ELSE 'low' END
        FROM (
            SELECT id, ROUND((5 * (1 - completed_percent / 100.0) + COALESCE(2 * (1 - avg_quiz_score / 100.0), 0)
                              + 2 * MIN(consecutive_missed_sessions / 7.0, 1)
                              + COALESCE(MIN(MAX((julianday(%s) - julianday(date(last_login))) / 30.0, 0), 1), 1))
                             / (8 + CASE WHEN avg_quiz_score IS NULL THEN 0 ELSE 2 END), 4) AS score
            FROM learners_learner
        ) f
        WHERE f.id = r.learner_id AND r.score <> f.score""",
    "postgresql": """
        UPDATE riskscoring_riskscore AS r
        SET score = f.score, priority = f.score * 10000, as_of = %s, computed_at = %s,
            label = CASE WHEN f.score > 0.7 THEN 'high' WHEN f.score > 0.4 THEN 'medium' ELSE 'low' END
        FROM (
            SELECT id, ROUND(((5 * (1 - completed_percent::float / 100)
                               + COALESCE(2 * (1 - avg_quiz_score::float / 100), 0)
                               + 2 * LEAST(consecutive_missed_sessions / 7.0, 1)
                               + LEAST(GREATEST(COALESCE((%s::date - last_login::date) / 30.0, 1), 0), 1))
                              / (8 + CASE WHEN avg_quiz_score IS NULL THEN 0 ELSE 2 END))::numeric, 4) AS score
            FROM learners_learner OFFSET 0
        ) f
        WHERE f.id = r.learner_id AND r.score <> f.score""",
}


def run(size: int) -> Iterator[Finding]:
    fill_learners(size)
    tidy()
    yield Limit("first run, which scores everyone", seconds_of(lambda: _recompute(DAY)), "s")
    _recompute(DAY + timedelta(days=1))  # from here on there is a week to compare with
    raw, ours, written = _turn_by_turn()
    later = DAY + timedelta(days=4)
    peak = command_peak_megabytes("recompute_risk", "--as-of", later.isoformat())
    yield Limit("peak memory of manage.py recompute_risk, another day later", peak, "MB", at_most=150)
    yield Ratio("one day later", ours, "the raw update", raw, 1.3, note=f"{written:,} scores changed")
    yield Ratio(
        "one day later",
        ours,
        "a loop of saves",
        _save_in_a_loop(min(size, SAVED)) * size / min(size, SAVED),
        40,
        faster=True,
        note=f"the loop: {min(size, SAVED):,} learners in one transaction, times {size / min(size, SAVED):g}",
    )
    _recompute(later)
    yield Limit("when nothing changed", median_seconds(lambda: _recompute(later), before=tidy), "s")
    yield Limit("one learner, after an edit", median_seconds(_rescore_one, times=50), "s")


def _recompute(day: date) -> int:
    return recompute_risk(as_of=day, trigger="benchmark").changed


def _turn_by_turn() -> tuple[float, float, int]:
    """Median seconds of the raw update and of ours, and how many scores ours rewrote.

    The one goes to a day and the other to the next, again and again, so that both find as much to do.
    """
    raw, ours = [], []
    for _ in range(TIMES):
        tidy()
        raw.append(seconds_of(lambda: _update_by_hand(DAY + timedelta(days=2))))
        tidy()
        ours.append(seconds_of(lambda: _recompute(DAY + timedelta(days=3))))
    return statistics.median(raw), statistics.median(ours), ScoringRun.objects.latest("id").changed


def _update_by_hand(day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(RAW_UPDATE[connection.vendor], [day.isoformat(), now, day.isoformat()])


def _save_in_a_loop(number: int) -> float:
    day = DAY + timedelta(days=14)

    @transaction.atomic
    def save_each() -> None:
        for score in RiskScore.objects.select_related("learner").order_by("learner")[:number].iterator():
            learner = score.learner
            risk = compute_risk(
                completed_percent=learner.completed_percent,
                avg_quiz_score=learner.avg_quiz_score,
                consecutive_missed_sessions=learner.consecutive_missed_sessions,
                last_login=learner.last_login,
                as_of=day,
            )
            score.score, score.label, score.inputs_known = risk.score, risk.label, risk.inputs_known
            score.priority, score.as_of, score.computed_at = risk.priority, day, timezone.now()
            score.save()

    return seconds_of(save_each)


def _rescore_one() -> None:
    rescore_learners(Learner.objects.filter(pk=1), as_of=DAY)
