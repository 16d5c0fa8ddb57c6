import re
from datetime import UTC, date, datetime

import pytest

from activity.models import LearnerFacts
from riskscoring.explained import risk_of
from riskscoring.history import history_of
from riskscoring.reasons import in_brief
from riskscoring.rows import SPARK_WIDTH, rows_of
from riskscoring.templatetags.risk import LEARNER_WIDTH, score_chart
from riskscoring.tests.factories import RiskScoreFactory, ScoringRunFactory

TODAY = date(2026, 11, 20)


@pytest.mark.django_db
def test_rows_come_in_the_order_asked_for_in_two_queries(django_assert_num_queries):
    scores = RiskScoreFactory.create_batch(3)
    ids = [scores[2].pk, scores[0].pk, scores[1].pk]
    with django_assert_num_queries(2):
        rows = rows_of(ids, query="level=low", now=datetime(2026, 11, 20, tzinfo=UTC))
    assert [row.uid for row in rows] == [scores[2].learner.uid, scores[0].learner.uid, scores[1].learner.uid]


@pytest.mark.django_db
def test_row_tells_work_in_pieces_where_facts_know_them():
    score = RiskScoreFactory(learner__completed_percent=25)
    LearnerFacts.objects.create(learner=score.learner, lessons_due=4, lessons_completed=1, as_of=TODAY)
    [row] = rows_of([score.pk], query="", now=datetime(2026, 11, 20, tzinfo=UTC))
    assert "Handed in 1 of 4 pieces due" in row.reasons
    assert "Handed in 1 of 4 pieces due" in in_brief(risk_of(score.learner, as_of=TODAY))


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


@pytest.mark.django_db
def test_trend_of_a_score_that_the_latest_run_left_alone_fills_its_picture():
    run = ScoringRunFactory(as_of=TODAY)
    old = RiskScoreFactory(as_of=date(2026, 9, 13), computed_at=datetime(2026, 9, 13, tzinfo=UTC))
    [row] = rows_of([old.pk], query="", now=run.started_at, run=run)
    [points] = re.findall(r'<polyline points="([^"]*)"', row.spark)
    assert [float(point.split(",")[0]) for point in points.split()] == [0, SPARK_WIDTH]


@pytest.mark.django_db
def test_chart_of_a_learner_ends_on_the_day_that_the_score_describes():
    run = ScoringRunFactory(as_of=TODAY)
    old = RiskScoreFactory(as_of=date(2026, 9, 13), computed_at=datetime(2026, 9, 13, tzinfo=UTC))
    chart = score_chart(old, history_of([old], days=90, run=run)[old.pk], 90)
    assert (chart["last"], chart["line"].end[0]) == (TODAY, str(LEARNER_WIDTH))
