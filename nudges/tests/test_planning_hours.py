from datetime import UTC, datetime

import pytest

from nudges.gate import Policy
from nudges.planning.hours import Window, leaves_at

AWAKE = Policy(quiet_from=0, quiet_until=0)


def at(hour: int, *, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_without_a_window_it_leaves_now():
    assert leaves_at(at(3), zone="UTC", window=None, policy=AWAKE) == at(3)


def test_without_a_window_it_still_waits_for_quiet_hours_to_end():
    assert leaves_at(at(3), zone="UTC", window=None, policy=Policy()) == at(8)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(6), at(17)),  # this morning: at the usual hour
        (at(17), at(17)),
        (at(18), at(18)),  # the hour has passed and the window is open: now rather than tomorrow
        (at(20), at(17, day=21)),  # the window has closed
    ],
)
def test_it_leaves_at_the_usual_hour_within_the_window(now, expected):
    assert leaves_at(now, zone="UTC", window=Window(9, 20, 17), policy=AWAKE) == expected


@pytest.mark.parametrize(("own_hour", "expected"), [(11, at(11)), (3, at(9)), (23, at(19))])
def test_own_hour_comes_first_and_stays_within_the_window(own_hour, expected):
    assert leaves_at(at(6), zone="UTC", window=Window(9, 20, 17), policy=AWAKE, own_hour=own_hour) == expected


def test_hours_are_the_learners_and_their_own_hour_is_told_in_utc():
    window = Window(9, 20, 17)
    assert leaves_at(at(0), zone="Asia/Dhaka", window=window, policy=AWAKE) == at(11)  # 17:00 there
    assert leaves_at(at(0), zone="Asia/Dhaka", window=window, policy=AWAKE, own_hour=6) == at(6)  # 12:00 there


def test_never_in_quiet_hours_even_where_the_window_lies_in_them():
    assert leaves_at(at(1), zone="UTC", window=Window(5, 7), policy=Policy()) == at(8)
