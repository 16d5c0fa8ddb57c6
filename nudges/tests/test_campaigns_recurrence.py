from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.campaigns.recurrence import next_run
from nudges.models import Campaign

DHAKA, BERLIN = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 31, 9, tzinfo=UTC)


def at(*when: int, zone=UTC) -> datetime:
    return datetime(*when, tzinfo=zone)


@pytest.mark.parametrize("recurrence", Campaign.Recurrence.values)
def test_before_its_start_the_next_run_is_the_start(recurrence):
    assert next_run(recurrence, starts_at=START, after=START - timedelta(seconds=1), zone=UTC) == START


def test_once_is_once():
    assert next_run("once", starts_at=START, after=START, zone=UTC) is None


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [("daily", at(2026, 2, 1, 9)), ("weekly", at(2026, 2, 7, 9)), ("monthly", at(2026, 2, 28, 9))],
)
def test_the_run_after_the_start(recurrence, expected):
    assert next_run(recurrence, starts_at=START, after=START, zone=UTC) == expected


def test_after_downtime_the_missed_days_are_left_out():
    assert next_run("daily", starts_at=START, after=at(2026, 4, 10, 12), zone=UTC) == at(2026, 4, 11, 9)


def test_the_31st_comes_back_after_a_short_month():
    assert next_run("monthly", starts_at=START, after=at(2026, 2, 28, 9), zone=UTC) == at(2026, 3, 31, 9)


def test_a_month_of_the_next_year():
    assert next_run("monthly", starts_at=START, after=at(2026, 12, 31, 9), zone=UTC) == at(2027, 1, 31, 9)


def test_the_hour_on_the_wall_stays_when_summer_begins():
    start = at(2026, 3, 28, 9, zone=BERLIN)
    assert next_run("daily", starts_at=start, after=start, zone=BERLIN) == at(2026, 3, 29, 9, zone=BERLIN)
    assert next_run("daily", starts_at=start, after=start, zone=BERLIN) == at(2026, 3, 29, 7)


def test_an_hour_that_the_clock_leaves_out_is_back_the_day_after():
    start = at(2026, 3, 27, 2, 30, zone=BERLIN)
    left_out = next_run("daily", starts_at=start, after=at(2026, 3, 28, 12), zone=BERLIN)
    assert left_out == at(2026, 3, 29, 1, 30)
    assert next_run("daily", starts_at=start, after=left_out, zone=BERLIN) == at(2026, 3, 30, 2, 30, zone=BERLIN)


def test_an_hour_that_comes_twice_is_taken_once():
    start = at(2026, 10, 24, 2, 30, zone=BERLIN)
    first = next_run("daily", starts_at=start, after=start, zone=BERLIN)
    assert first == at(2026, 10, 25, 0, 30)
    assert next_run("daily", starts_at=start, after=first, zone=BERLIN) == at(2026, 10, 26, 2, 30, zone=BERLIN)


@given(
    recurrence=st.sampled_from(["daily", "weekly", "monthly"]),
    starts_at=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    later=st.timedeltas(timedelta(0), timedelta(days=800)),
    zone=st.sampled_from([UTC, DHAKA, BERLIN]),
)
def test_the_next_run_lies_ahead_and_not_too_far(recurrence, starts_at, later, zone):
    after = starts_at + later
    found = next_run(recurrence, starts_at=starts_at, after=after, zone=zone)
    longest = {"daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2), "monthly": timedelta(days=32)}
    assert after < found <= after + longest[recurrence]
