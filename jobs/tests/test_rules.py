from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from jobs.rules import PastRun, Why, is_ahead, is_dead, next_after, why_due

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("cron", "moment", "expected"),
    [
        ("*/15 * * * *", NOON, NOON + 15 * MINUTE),  # the time itself is over
        ("*/15 * * * *", NOON - timedelta(microseconds=1), NOON),
        ("* * * * *", NOON + timedelta(seconds=59.999), NOON + MINUTE),
        ("0 2 * * *", NOON, datetime(2026, 11, 21, 2, tzinfo=UTC)),
        ("0 2 * * sun", NOON, datetime(2026, 11, 22, 2, tzinfo=UTC)),
        ("0 0 29 2 *", NOON, datetime(2028, 2, 29, tzinfo=UTC)),
        ("0 2 * * *", NOON.astimezone(ZoneInfo("Asia/Dhaka")), datetime(2026, 11, 21, 2, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_the_first_after_a_moment(cron, moment, expected):
    assert next_after(moment, cron) == expected


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "0 0 30 2 *", "every day"])
def test_what_names_no_time_is_refused(cron):
    with pytest.raises(ValueError):
        next_after(NOON, cron)


@pytest.mark.parametrize("change", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_no_hour_comes_twice_or_never_where_clocks_change(change):
    """Of the clocks in Berlin half past two is missing in March, and there twice in October."""
    moment, found = change.astimezone(ZoneInfo("Europe/Berlin")) - DAY, []
    for _ in range(4):
        moment = next_after(moment, "30 0 * * *").astimezone(ZoneInfo("Europe/Berlin"))
        found.append(moment.astimezone(UTC))
    assert [b - a for a, b in pairwise(found)] == [DAY, DAY, DAY]


def due(*, fired_for=NOON, past=(), now, cron="0 2 * * *"):
    return why_due(cron=cron, fired_for=fired_for, past=past, now=now)


def test_a_job_is_due_at_its_time_and_not_before():
    two = datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert due(now=two - timedelta(microseconds=1)) is None
    assert due(now=two) is Why.SCHEDULE


def test_after_downtime_a_job_is_due_once():
    later = NOON + 30 * DAY
    assert due(now=later, cron="* * * * *") is Why.SCHEDULE
    assert due(fired_for=later, now=later, cron="* * * * *") is None


def test_a_job_that_was_started_late_keeps_its_next_time():
    late = datetime(2026, 11, 20, 12, 14, 59, tzinfo=UTC)
    assert due(fired_for=late, now=late + timedelta(seconds=1), cron="*/15 * * * *") is Why.SCHEDULE


GOOD = PastRun(went_well=True, was_cut_off=False, finished_at=NOON)
BAD = PastRun(went_well=False, was_cut_off=False, finished_at=NOON)
CUT = PastRun(went_well=False, was_cut_off=True, finished_at=NOON)


@pytest.mark.parametrize(
    ("past", "minutes"),
    [
        ([BAD], 1),
        ([BAD, GOOD, BAD], 1),
        ([BAD, BAD, GOOD], 5),
        ([BAD, BAD, BAD, GOOD], 20),
        ([CUT, BAD], 5),
        ([CUT], 0),
    ],
)
def test_what_failed_is_tried_again_ever_later(past, minutes):
    again = NOON + minutes * MINUTE
    assert due(past=past, now=again - timedelta(microseconds=1)) is (Why.RETRY if past == [CUT] else None)
    assert due(past=past, now=again) is Why.RETRY


@pytest.mark.parametrize("past", [[], [GOOD], [GOOD, BAD, BAD], [BAD] * 4, [CUT] * 4])
def test_what_went_well_or_failed_too_often_waits_for_its_time(past):
    assert due(past=past, now=NOON + timedelta(hours=13)) is None
    assert due(past=past, now=NOON + timedelta(hours=14)) is Why.SCHEDULE


def test_a_start_that_is_still_to_come_is_a_clock_that_was_wrong():
    assert not is_ahead(NOON, NOON)
    assert not is_ahead(NOON + MINUTE, NOON)  # machines' clocks differ
    assert is_ahead(NOON + 2 * MINUTE, NOON)


@pytest.mark.parametrize(
    ("silent_for", "is_there", "expected"),
    [
        (timedelta(0), None, False),
        (timedelta(seconds=60), None, False),
        (timedelta(seconds=61), None, True),
        (timedelta(seconds=-300), None, False),  # its clock is ahead
        (timedelta(0), False, True),  # its process is gone
        (timedelta(minutes=10), True, False),  # it waits for the database
        (timedelta(minutes=11), True, True),  # another has its number
    ],
)
def test_a_worker_is_dead_when_its_process_is_gone_or_it_is_silent(silent_for, is_there, expected):
    assert is_dead(silent_for=silent_for, is_there=is_there) is expected
