import os
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from activity.store import positions
from activity.store.positions import (
    COUNTS,
    EPOCH,
    MILLISECOND,
    Counter,
    first_position_after,
    first_position_at,
    position_of_stream_entry,
    stored_at,
)

LAST = (1 << 63) - 1
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2080, 1, 1), timezones=st.just(UTC))


@given(moments)
def test_position_tells_its_time_to_the_millisecond(moment):
    told = stored_at(first_position_at(moment))
    assert timedelta(0) <= moment - told < timedelta(milliseconds=1)


@given(moments, st.integers(0, MILLISECOND - 1))
def test_later_than_a_moment_is_what_is_told_as_later(moment, rest):
    position = first_position_at(moment) + rest
    assert not stored_at(position) > moment
    assert position < first_position_after(moment)
    assert stored_at(first_position_after(moment)) > moment


def test_times_that_no_statement_can_have_are_compared_with_all_the_same():
    assert first_position_at(datetime.min.replace(tzinfo=UTC)) == 0
    assert first_position_after(datetime.max.replace(tzinfo=UTC)) == LAST


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_one_counter_only_rises(counts):
    counter = Counter()
    drawn = [position for count in counts for position in counter.take(count)]
    assert drawn == sorted(set(drawn))


def test_counter_keeps_rising_when_the_clock_is_set_back(monkeypatch):
    counter = Counter()
    [before] = counter.take(1)
    monkeypatch.setattr(positions.time, "time_ns", lambda: int(EPOCH.timestamp()) * 10**9)
    assert counter.take(1) > [before]


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=8))
def test_slots_of_one_counter_fit_a_millisecond_and_follow_each_other(counts):
    counter = Counter()
    origin = counter.take_slots(1) // COUNTS
    free = 1
    for count in counts:
        first = counter.take_slots(count)
        assert first // COUNTS == origin
        assert first % COUNTS in {free, 0}  # the next one, or round again
        assert first % COUNTS + count <= COUNTS
        free = (first + count) % COUNTS


def test_slots_for_more_than_fit_a_millisecond_start_at_its_first():
    counter = Counter()
    counter.take_slots(7)
    assert counter.take_slots(5000) % COUNTS == 0
    assert counter.take_slots(1) % COUNTS == 5000 - COUNTS


def test_process_that_was_forked_draws_an_origin_of_its_own(monkeypatch):
    counter = Counter()
    drawn, parent = iter(range(1, 9)), os.getpid()
    monkeypatch.setattr(positions.secrets, "randbelow", lambda below: next(drawn))
    monkeypatch.setattr(positions.os, "getpid", lambda: parent + 1)
    assert counter.take_slots(1) // COUNTS == 2
    assert counter.take(1)[0] % MILLISECOND // COUNTS == 2


@given(st.integers(1_600_000_000_000, 3_000_000_000_000), st.integers(0, 10_000), st.integers(1, 10_000))
def test_entries_of_the_stream_keep_their_order(milliseconds, sequence, more):
    one, two = (position_of_stream_entry(f"{milliseconds}-{number}") for number in (sequence, sequence + more))
    assert one < two
    assert one % MILLISECOND // COUNTS == positions.STREAM
    assert stored_at(position_of_stream_entry(f"{milliseconds}-0")).timestamp() * 1000 == milliseconds
