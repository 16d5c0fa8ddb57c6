from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from learners.tests.factories import CohortFactory, ProgramFactory
from riskscoring import overview
from riskscoring.filters import BoardFilter
from riskscoring.models import LabelCount
from riskscoring.overview import age_of, latest_run, levels_of, overview_of
from riskscoring.tests.factories import RiskScoreFactory, ScoringRunFactory

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def look(query: str = "", run=None, **kwargs):
    return overview_of(BoardFilter(QueryDict(query), **kwargs), run=run, now=NOW)


def test_learners_are_counted_by_tenth_and_by_level():
    for priority in (-1, 0, 1, 1000, 1001, 4000, 4001, 7000, 7001, 10_000):
        RiskScoreFactory(priority=priority)
    seen = look()
    assert seen.by_tenth == {-1: 1, 1: 3, 2: 1, 4: 1, 5: 1, 7: 1, 8: 1, 10: 1}
    assert seen.by_level == {"high": 2, "medium": 2, "low": 5, "unknown": 1}
    assert levels_of({}) == {"high": 0, "medium": 0, "low": 0, "unknown": 0}


def test_reached_are_those_of_the_last_seven_days():
    for days in (0, 6, 8):
        RiskScoreFactory(learner__last_contacted_at=NOW - timedelta(days=days))
    RiskScoreFactory()
    assert look().reached == 2


def test_overview_follows_the_program_but_not_the_search():
    RiskScoreFactory(learner__program=ProgramFactory(pk=7), learner__name="Sana")
    RiskScoreFactory(learner__program=ProgramFactory(name="Other"))
    assert look("program=7&q=nobody&level=high").total == 1


def test_trend_adds_up_the_groups_of_a_day():
    cohorts = CohortFactory.create_batch(2)
    for cohort in cohorts:
        LabelCount.objects.create(
            day=NOW.date() - timedelta(days=8), program=cohort.program, cohort=cohort, level="high", learners=3
        )
    ScoringRunFactory(as_of=NOW.date() - timedelta(days=8))
    RiskScoreFactory(priority=9000, learner__program=cohorts[0].program, learner__cohort=cohorts[0])
    week_ago = NOW.date() - timedelta(days=7)
    assert look().change("high", before=week_ago) == 1 - 6
    assert look(f"program={cohorts[0].program_id}&cohort={cohorts[0].id}").change("high", before=week_ago) == 1 - 3
    assert look("owner=none").change("high", before=week_ago) is None
    assert look().change("high", before=NOW.date()) is None, "a count of eight days ago is not of this week"


def test_trend_ends_on_the_day_that_the_scores_describe():
    day = date(2013, 11, 26)
    for weeks in (-1, 0, 4, 13):
        LabelCount.objects.create(day=day - timedelta(weeks=weeks), level="high", learners=3)
        ScoringRunFactory(as_of=day - timedelta(weeks=weeks))
    seen = look(run=ScoringRunFactory(as_of=day))
    assert (seen.day, list(seen.trend)) == (day, [day - timedelta(weeks=4), day])


def test_day_on_which_one_program_alone_was_scored_is_no_day_of_everyones_trend():
    program = ProgramFactory()
    LabelCount.objects.create(day=NOW.date(), program=program, level="high", learners=3)
    ScoringRunFactory(as_of=NOW.date(), program=program, is_full=False)
    ScoringRunFactory(as_of=NOW.date(), is_full=False)
    assert look().trend == {}
    assert look(f"program={program.pk}").trend == {NOW.date(): {"high": 3}}


def test_large_counts_are_remembered_until_the_next_run(monkeypatch, make_user):
    monkeypatch.setattr(overview, "MANY", 1)
    user = make_user("coordinator")
    run = ScoringRunFactory()
    RiskScoreFactory.create_batch(2)
    asked = BoardFilter(QueryDict(""), user=user)
    assert overview_of(asked, run=run, now=NOW).total == 2
    RiskScoreFactory()
    assert overview_of(asked, run=run, now=NOW).total == 2
    assert overview_of(BoardFilter(QueryDict("owner=me"), user=user), run=run, now=NOW).total == 0
    assert overview_of(asked, run=ScoringRunFactory(), now=NOW).total == 3


@pytest.mark.parametrize(
    ("hours_since_run", "days_since_data", "is_stale"), [(1, 0, False), (47, 2, False), (49, 0, True), (1, 3, True)]
)
def test_scores_are_stale_after_two_days(hours_since_run, days_since_data, is_stale):
    run = ScoringRunFactory(
        as_of=NOW.date() - timedelta(days=days_since_data), started_at=NOW - timedelta(hours=hours_since_run)
    )
    assert age_of(run, now=NOW).is_stale is is_stale


def test_what_was_never_scored_has_no_age():
    assert age_of(None, now=NOW) is None


def test_import_of_some_is_not_the_latest_run_over_everyone():
    everyone = ScoringRunFactory(trigger="command")
    ScoringRunFactory(is_full=False)
    assert latest_run() == everyone


def test_import_counts_while_there_was_no_other_run():
    run = ScoringRunFactory(is_full=False)
    assert latest_run() == run
