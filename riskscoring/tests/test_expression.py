from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learners.models import Learner
from learners.sql import ids_of
from riskscoring.expression import LABEL, PRIORITY, fresh_scores
from riskscoring.scoring import compute_risk

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NEW_YORK = ZoneInfo("America/New_York")


def scored_in_sql(cases, as_of):
    """For each (completed, quiz, missed, seen): points, inputs known, label and priority, as the database has them."""
    learners = Learner.objects.bulk_create(
        [
            Learner(
                name="x",
                completed_percent=completed,
                avg_quiz_score=quiz,
                consecutive_missed_sessions=missed,
                last_login=seen,
            )
            for completed, quiz, missed, seen in cases
        ]
    )
    ids = [learner.pk for learner in learners]
    fresh = fresh_scores(as_of=as_of, among=ids_of(Learner.objects.filter(pk__in=ids)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.points, f.inputs_known, {LABEL}, {PRIORITY} FROM ({fresh.text}) f ORDER BY f.learner_id",
            fresh.params,
        )
        rows = cursor.fetchall()
    Learner.objects.filter(pk__in=ids).delete()
    return rows


def scored_in_python(cases, as_of):
    risks = [
        compute_risk(
            completed_percent=completed,
            avg_quiz_score=quiz,
            consecutive_missed_sessions=missed,
            last_login=seen,
            as_of=as_of,
        )
        for completed, quiz, missed, seen in cases
    ]
    return [(int(risk.score * 10_000), risk.inputs_known, risk.label, risk.priority) for risk in risks]


def offset(minutes):
    return timezone(timedelta(minutes=minutes))


near_thresholds = st.sampled_from([Decimal(n) / 100 for n in (1999, 2000, 2001, 7999, 8000, 8001, 9995, 9999)])
percents = st.none() | near_thresholds | st.decimals(-200, 300, places=2) | st.decimals(-99999, 99999, places=2)
sessions = st.none() | st.integers(-3, 12) | st.integers(-(2**31), 2**31 - 1)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1)) | st.just(DAY)
near_midnight = st.builds(
    lambda day, seconds, minutes: (
        datetime(day.year, day.month, day.day, tzinfo=offset(minutes)) + timedelta(seconds=seconds)
    ),
    st.dates(DAY - timedelta(days=35), DAY + timedelta(days=3)),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from([-12 * 60, -210, 0, 330, 345, 14 * 60]),
)
any_time = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC) | st.timezones())
switching = st.builds(
    lambda hour, fold: datetime(2026, 11, 1, hour, 30, fold=fold, tzinfo=NEW_YORK), st.integers(0, 3), st.integers(0, 1)
)
times = st.none() | near_midnight | any_time | switching
cases = st.lists(st.tuples(percents, percents, sessions, times), min_size=1, max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(cases=cases, as_of=days)
def test_sql_and_python_agree_to_the_last_digit(cases, as_of):
    assert scored_in_sql(cases, as_of) == scored_in_python(cases, as_of)


def test_they_agree_on_every_combination_of_boundaries():
    percents = [
        None,
        *map(Decimal, ("-0.01", "0", "0.01", "19.99", "20", "79.99", "80", "99.95", "99.99", "100", "101")),
    ]
    seen = [None, *(datetime.combine(DAY, datetime.min.time(), UTC) - timedelta(days=n) for n in (-1, 0, 1, 30, 31))]
    cases = list(product(percents, percents, [None, -1, 0, 6, 7, 8], seen))
    assert scored_in_sql(cases, DAY) == scored_in_python(cases, DAY)


def test_they_agree_on_exact_halves_and_thresholds():
    cases = [(Decimal(c) / 100, Decimal("99.95"), 0, None) for c in range(9801, 10_000)]
    cases += [(Decimal(c) / 100, Decimal(0), 0, None) for c in (1998, 1999, 2000, 2001, 2002, 7998, 7999, 8000, 8001)]
    scored = scored_in_sql(cases, DAY)
    assert scored == scored_in_python(cases, DAY)
    assert {(points, label) for points, _, label, _ in scored} >= {
        (7000, "medium"),
        (7001, "high"),
        (4000, "low"),
        (4001, "medium"),
    }


def test_what_is_stored_by_the_model_is_read_exactly():
    """Every percentage of two places, as each database keeps it."""
    cases = [(Decimal(c) / 100, None, None, None) for c in range(0, 10_001, 7)]
    assert scored_in_sql(cases, DAY) == scored_in_python(cases, DAY)


def test_no_learners_have_no_ids():
    assert ids_of(Learner.objects.none()) is None
