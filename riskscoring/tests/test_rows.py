from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from riskscoring.rows import ago, history_of, move_of, rows_of, whole
from riskscoring.tests.factories import RiskScoreFactory, RiskSnapshotFactory, ScoringRunFactory

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (59, "59 days ago"),
        (60, "2 months ago"),
        (100, "3 months ago"),
        (730, "24 months ago"),
        (731, "2 years ago"),
        (800, "2 years ago"),
    ],
)
def test_time_since_is_in_whole_days_then_months_then_years(days, words):
    assert ago(datetime(2026, 11, 20, 23, tzinfo=UTC) - timedelta(days=days), TODAY) == words


@pytest.mark.parametrize(
    ("change", "css", "words"),
    [
        (530, "worse", "0.05 more than last week"),
        (-1200, "better", "0.12 less than last week"),
        (0, "same", "as last week"),
        (49, "same", "as last week"),
        (-49, "same", "as last week"),
        (50, "worse", "0.01 more than last week"),
    ],
)
def test_change_has_a_direction_and_words(change, css, words):
    move = move_of(change)
    assert (move.css, move.words) == (css, words)


def test_change_of_nothing_known_says_nothing():
    assert move_of(None).words == ""


@pytest.mark.parametrize(("number", "text"), [(None, ""), (Decimal("0.00"), "0"), (Decimal("45.50"), "46")])
def test_percentages_are_whole_and_zero_is_a_number(number, text):
    assert whole(number) == text


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
def test_history_of_a_learner_with_too_little_data_is_empty():
    score = RiskScoreFactory(priority=-1, as_of=TODAY)
    RiskSnapshotFactory(learner=score.learner, day=TODAY - timedelta(days=7))
    assert history_of([score], days=30) == {score.pk: []}


@pytest.mark.django_db
def test_rows_come_in_the_order_asked_for_in_two_queries(django_assert_num_queries):
    scores = RiskScoreFactory.create_batch(3)
    ids = [scores[2].pk, scores[0].pk, scores[1].pk]
    with django_assert_num_queries(2):
        rows = rows_of(ids, query="level=low", now=datetime(2026, 11, 20, tzinfo=UTC))
    assert [row.uid for row in rows] == [scores[2].learner.uid, scores[0].learner.uid, scores[1].learner.uid]


@pytest.mark.django_db
def test_links_of_a_row_hold_an_id_of_any_letters():
    score = RiskScoreFactory(learner__uid="a b?c#ü&d")
    [row] = rows_of([score.pk], query="", now=datetime(2026, 11, 20, tzinfo=UTC))
    assert row.url == "/learners/a%20b%3Fc%23%C3%BC%26d/"
    assert row.nudge_url == "/nudges/compose/?learner=a%20b%3Fc%23%C3%BC%26d"


@pytest.mark.django_db
def test_score_that_the_latest_run_left_alone_holds_on_its_day():
    earlier, run = datetime(2026, 11, 17, 6, tzinfo=UTC), ScoringRunFactory(as_of=TODAY)
    seen = datetime(2026, 10, 1, tzinfo=UTC)
    old = RiskScoreFactory(as_of=date(2026, 11, 17), computed_at=earlier, learner__last_login=seen)
    [row] = rows_of([old.pk], query="", now=run.started_at, run=run)
    assert row.seen == "50 days ago"
    old.computed_at = run.started_at
    old.save()
    [row] = rows_of([old.pk], query="", now=run.started_at, run=run)
    assert row.seen == "47 days ago"
