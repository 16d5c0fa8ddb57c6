from datetime import UTC, date, datetime, timedelta

import pytest

from activity.facts.rules import Pause
from nudges.reminders.rules import DueLesson, Meeting, Window, end_of, goal_today, is_open, local_day

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
LESSON = DueLesson(pk=1, due_on=TODAY)
SESSION = Meeting(pk=1, starts_at=NOW + timedelta(hours=3))


def goal(*, lessons=(), sessions=(), pauses=(), timezone="UTC", now=NOW):
    return goal_today(timezone=timezone, lessons=lessons, sessions=sessions, pauses=pauses, now=now)


def test_who_has_nothing_today_is_reminded_of_nothing():
    assert goal() is None


def test_unfinished_lesson_of_today_is_reminded_of():
    assert goal(lessons=[LESSON]) == "lesson:1"


@pytest.mark.parametrize(
    "lesson",
    [
        DueLesson(pk=1, due_on=TODAY, completed=True),
        DueLesson(pk=1, due_on=TODAY, counts=False),
        DueLesson(pk=1, due_on=None),
        DueLesson(pk=1, due_on=TODAY - timedelta(days=1)),
        DueLesson(pk=1, due_on=TODAY + timedelta(days=1)),
    ],
)
def test_lesson_that_is_done_or_not_for_today_is_not(lesson):
    assert goal(lessons=[lesson]) is None


def test_first_lesson_by_order_wins_and_one_without_comes_last():
    lessons = [
        DueLesson(pk=1, due_on=TODAY),
        DueLesson(pk=2, due_on=TODAY, order=9),
        DueLesson(pk=3, due_on=TODAY, order=0),
    ]
    assert goal(lessons=lessons) == "lesson:3"
    assert goal(lessons=lessons[:2]) == "lesson:2"


def test_session_wins_over_a_lesson():
    assert goal(lessons=[LESSON], sessions=[SESSION]) == "session:1"


def test_next_session_wins_over_a_later_one():
    assert goal(sessions=[Meeting(pk=5, starts_at=NOW + timedelta(hours=9)), SESSION]) == "session:1"


@pytest.mark.parametrize("answer", ["booked", "missed", None])
def test_session_whose_learner_may_come_is_reminded_of(answer):
    assert goal(sessions=[Meeting(pk=1, starts_at=SESSION.starts_at, answer=answer)]) == "session:1"


@pytest.mark.parametrize("answer", ["attended", "excused"])
def test_session_that_is_settled_is_not(answer):
    assert goal(sessions=[Meeting(pk=1, starts_at=SESSION.starts_at, answer=answer)]) is None


def test_cancelled_session_is_not():
    assert goal(sessions=[Meeting(pk=1, starts_at=SESSION.starts_at, cancelled=True)]) is None


@pytest.mark.parametrize(
    ("starts_at", "is_told"),
    [
        (NOW + timedelta(minutes=60), True),
        (NOW + timedelta(minutes=59, seconds=59), False),
        (NOW - timedelta(minutes=1), False),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 21, tzinfo=UTC), False),
    ],
)
def test_session_is_told_of_an_hour_before_it_at_the_latest_and_on_its_own_day(starts_at, is_told):
    assert goal(sessions=[Meeting(pk=1, starts_at=starts_at)]) == ("session:1" if is_told else None)


def test_lesson_takes_the_place_of_a_session_that_is_too_near():
    near = Meeting(pk=1, starts_at=NOW + timedelta(minutes=30))
    assert goal(lessons=[LESSON], sessions=[near]) == "lesson:1"


@pytest.mark.parametrize(("first", "last", "is_told"), [(0, 0, False), (-3, 2, False), (1, 3, True), (-3, -1, True)])
def test_on_a_day_of_an_interruption_nobody_is_reminded(first, last, is_told):
    pause = Pause(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    assert (goal(lessons=[LESSON], sessions=[SESSION], pauses=[pause]) is not None) == is_told


@pytest.mark.parametrize(
    ("timezone", "now", "day"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 19, 10, tzinfo=UTC), date(2026, 11, 20)),  # 14 hours ahead
        ("Pacific/Kiritimati", datetime(2026, 11, 19, 9, 59, tzinfo=UTC), date(2026, 11, 19)),
        ("Etc/GMT+12", datetime(2026, 11, 20, 11, 59, tzinfo=UTC), date(2026, 11, 19)),  # 12 hours behind
        ("Etc/GMT+12", datetime(2026, 11, 20, 12, tzinfo=UTC), date(2026, 11, 20)),
        ("Asia/Kathmandu", datetime(2026, 11, 19, 18, 15, tzinfo=UTC), date(2026, 11, 20)),  # 5:45
        ("Nowhere/At_all", datetime(2026, 11, 20, 23, 59, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_day_is_the_one_where_the_learner_is(timezone, now, day):
    assert local_day(timezone, now) == day
    assert goal(lessons=[DueLesson(pk=1, due_on=day)], timezone=timezone, now=now) == "lesson:1"
    assert goal(lessons=[DueLesson(pk=1, due_on=day + timedelta(days=1))], timezone=timezone, now=now) is None


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 29), 23),
        ("Europe/Paris", date(2026, 10, 25), 25),
        ("Europe/Paris", date(2026, 10, 26), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # its first hour is not there
        ("Pacific/Apia", date(2011, 12, 31), 24),  # the day before was not there
    ],
)
def test_day_of_a_clock_that_changes_has_its_own_length(timezone, day, hours):
    assert end_of(day, timezone) - end_of(day - timedelta(days=1), timezone) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("timezone", "hour", "minute", "answer"),
    [
        ("UTC", 7, 59, False),
        ("UTC", 8, 0, True),
        ("UTC", 19, 59, True),
        ("UTC", 20, 0, False),
        ("Asia/Kolkata", 2, 29, False),  # 5:30
        ("Asia/Kolkata", 2, 30, True),
        ("America/New_York", 12, 59, False),  # 5 hours behind in November
        ("America/New_York", 13, 0, True),
    ],
)
def test_window_is_open_by_the_learners_clock(timezone, hour, minute, answer):
    assert is_open(timezone, Window(), datetime(2026, 11, 20, hour, minute, tzinfo=UTC)) is answer


@pytest.mark.parametrize(("now", "answer"), [((2026, 3, 29, 6), True), ((2026, 3, 28, 6), False)])
def test_window_follows_the_clock_when_it_changes(now, answer):
    assert is_open("Europe/Paris", Window(), datetime(*now, tzinfo=UTC)) is answer
