from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.delivery.pacing import (
    FAILURES_TO_CLOSE,
    FIRST_CLOSURE,
    LONGEST_CLOSURE,
    PROBE_PATIENCE,
    Pace,
    Why,
    closure,
    failed,
    room,
    succeeded,
    taken,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FAILING = Pace(failures=FAILURES_TO_CLOSE, closed_until=NOW)


def test_channel_without_limits_takes_all_that_is_wanted():
    assert room(Pace(), wanted=500, now=NOW).count == 500


def test_channel_that_is_paused_takes_none():
    space = room(Pace(is_paused=True), wanted=5, now=NOW)
    assert (space.count, space.why, space.until) == (0, Why.PAUSED, None)


def test_failures_below_the_limit_change_nothing():
    pace = failed(Pace(), times=FAILURES_TO_CLOSE - 1, was_probe=False, now=NOW)
    assert room(pace, wanted=5, now=NOW).count == 5


def test_enough_failures_in_a_row_close_it():
    pace = failed(Pace(failures=FAILURES_TO_CLOSE - 1), times=1, was_probe=False, now=NOW)
    space = room(pace, wanted=5, now=NOW)
    assert (space.count, space.why, space.until) == (0, Why.CLOSED, NOW + FIRST_CLOSURE)


def test_many_failures_at_once_are_one_outage():
    pace = failed(Pace(), times=16, was_probe=False, now=NOW)
    assert pace.closed_until == NOW + FIRST_CLOSURE


def test_what_was_on_its_way_when_it_closed_tells_nothing_new():
    pace = failed(Pace(), times=16, was_probe=False, now=NOW)
    assert failed(pace, times=16, was_probe=False, now=NOW + SECOND) == pace


def test_success_between_failures_starts_the_count_anew():
    pace = succeeded(failed(Pace(), times=FAILURES_TO_CLOSE - 1, was_probe=False, now=NOW))
    assert failed(pace, times=1, was_probe=False, now=NOW).closed_until is None


def test_after_the_closure_one_probes_and_the_others_wait():
    space = room(FAILING, wanted=5, now=NOW)
    assert (space.count, space.is_probe) == (1, True)
    others = room(taken(FAILING, 1, now=NOW), wanted=5, now=NOW + SECOND)
    assert (others.count, others.until) == (0, NOW + PROBE_PATIENCE)


def test_closure_without_anything_to_send_probes_nobody():
    assert taken(FAILING, 0, now=NOW) == FAILING


def test_probe_that_succeeds_opens_it():
    assert room(succeeded(taken(FAILING, 1, now=NOW)), wanted=5, now=NOW).count == 5


def test_each_probe_that_fails_doubles_the_closure_up_to_the_longest():
    pace, closures = FAILING, []
    for _ in range(6):
        pace = failed(pace, times=1, was_probe=True, now=NOW)
        closures.append(pace.closed_until - NOW)
    assert closures == [60 * SECOND, 120 * SECOND, 240 * SECOND, 480 * SECOND, LONGEST_CLOSURE, LONGEST_CLOSURE]
    assert closure(10**6) == LONGEST_CLOSURE


def test_bucket_begins_with_a_second_of_messages():
    assert room(Pace(per_second=10), wanted=50, now=NOW).count == 10


def test_bucket_that_is_empty_says_when_the_next_may_leave():
    pace = taken(Pace(per_second=10), 10, now=NOW)
    space = room(pace, wanted=5, now=NOW)
    assert (space.count, space.why, space.until) == (0, Why.LIMITED, NOW + SECOND / 10)


def test_bucket_fills_with_time_and_not_above_its_size():
    pace = taken(Pace(per_second=10), 10, now=NOW)
    assert room(pace, wanted=50, now=NOW + SECOND / 2).count == 5
    assert room(pace, wanted=50, now=NOW + 60 * SECOND).count == 10


def test_less_than_one_a_second_still_sends():
    pace = taken(Pace(per_second=0.5), 1, now=NOW)
    assert room(pace, wanted=1, now=NOW + SECOND).count == 0
    assert room(pace, wanted=1, now=NOW + 2 * SECOND).count == 1


def test_clock_that_is_behind_adds_nothing():
    pace = taken(Pace(per_second=10), 10, now=NOW)
    assert room(pace, wanted=5, now=NOW - 60 * SECOND).count == 0


@pytest.mark.parametrize("per_second", [0.3, 1, 7, 80])
@given(steps=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 200)), max_size=40))
def test_no_more_leave_than_the_rate_and_one_burst(per_second, steps):
    pace, now, left = Pace(per_second=per_second), NOW, 0
    for wait, wanted in steps:
        now += wait * SECOND
        count = room(pace, wanted=wanted, now=now).count
        pace = taken(pace, count, now=now)
        left += count
    assert left <= (now - NOW).total_seconds() * per_second + max(per_second, 1) + 1e-6
