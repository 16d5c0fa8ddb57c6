from datetime import date, timedelta
from decimal import Decimal

import pytest

from riskscoring.history import history_of
from riskscoring.tests.factories import RiskScoreFactory, RiskSnapshotFactory, ScoringRunFactory

TODAY = date(2026, 11, 20)


@pytest.mark.django_db
def test_history_ends_with_the_score_and_begins_within_the_days():
    score = RiskScoreFactory(priority=6000, as_of=TODAY)
    for days, value in ((31, "0.1"), (30, "0.2"), (7, "0.3"), (0, "0.9")):
        RiskSnapshotFactory(learner=score.learner, day=TODAY - timedelta(days=days), score=Decimal(value))
    assert history_of([score], days=30)[score.pk] == [
        (TODAY - timedelta(days=30), 0.2),
        (TODAY - timedelta(days=7), 0.3),
        (TODAY, 0.6),
    ]


@pytest.mark.django_db
def test_history_goes_on_to_the_run_that_left_the_score_alone():
    score = RiskScoreFactory(priority=6000, as_of=TODAY - timedelta(days=3))
    run = ScoringRunFactory(as_of=TODAY, started_at=score.computed_at + timedelta(hours=1))
    assert history_of([score], days=30, run=run)[score.pk] == [(TODAY - timedelta(days=3), 0.6), (TODAY, 0.6)]
    assert history_of([score], days=2, run=run)[score.pk] == [(TODAY - timedelta(days=2), 0.6), (TODAY, 0.6)]


@pytest.mark.django_db
def test_history_of_a_learner_with_too_little_data_is_empty():
    score = RiskScoreFactory(priority=-1, as_of=TODAY)
    RiskSnapshotFactory(learner=score.learner, day=TODAY - timedelta(days=7))
    assert history_of([score], days=30) == {score.pk: []}
