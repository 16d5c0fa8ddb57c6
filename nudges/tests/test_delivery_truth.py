from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from nudges.delivery.truth import is_done, is_expired

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def done(*names, **facts):
    usual = {
        "is_kudos": False,
        "is_motivation": False,
        "goal_is_done": False,
        "completed_percent": Decimal(40),
        "missed_sessions": 2,
        "last_seen": NOW - 24 * HOUR,
        "queued_at": NOW - HOUR,
    }
    return is_done(names=names, **usual | facts)


def test_nudge_whose_facts_still_hold_is_not_done():
    assert not done("first_name", "missed_sessions", "completed_percent", "days_since_seen")


def test_goal_that_was_reached_is_done():
    assert done(goal_is_done=True)


def test_text_about_absence_is_done_once_the_learner_came_back():
    assert done("days_since_seen", last_seen=NOW)
    assert not done("days_since_seen", last_seen=None)
    assert not done("first_name", last_seen=NOW)


def test_motivation_is_done_once_the_learner_came_back():
    assert done(is_motivation=True, last_seen=NOW)
    assert not done(is_motivation=True)


def test_text_about_missed_sessions_is_done_when_there_are_none():
    assert done("missed_sessions", missed_sessions=0)
    assert not done("missed_sessions", missed_sessions=None)
    assert not done(missed_sessions=0)


def test_text_about_open_work_is_done_when_all_is_handed_in():
    assert done("completed_percent", completed_percent=Decimal(100))
    assert not done("completed_percent", completed_percent=Decimal("99.9"))
    assert not done("completed_percent", completed_percent=None)
    assert not done(completed_percent=Decimal(100))


def test_kudos_are_never_done():
    assert not done("completed_percent", is_kudos=True, completed_percent=Decimal(100), goal_is_done=True)


def expired(late, *, is_reminder=False, was_tried=False, is_of_a_batch=False, timezone="UTC"):
    return is_expired(
        is_reminder=is_reminder,
        due_at=NOW,
        leaves_at=NOW + late,
        timezone=timezone,
        was_tried=was_tried,
        is_of_a_batch=is_of_a_batch,
    )


@pytest.mark.parametrize(("hours", "is_late"), [(0, False), (24, False), (25, True)])
def test_nudge_may_be_a_day_late(hours, is_late):
    assert expired(hours * HOUR) is is_late


def test_batch_that_people_paused_goes_on_later():
    assert not expired(72 * HOUR, is_of_a_batch=True)
    assert expired(25 * HOUR, is_of_a_batch=True, was_tried=True)


@pytest.mark.parametrize(("hours", "is_late"), [(11, False), (12, True)])
def test_reminder_is_for_its_own_day(hours, is_late):
    assert expired(hours * HOUR, is_reminder=True) is is_late


def test_day_is_the_learners():
    assert expired(6 * HOUR, is_reminder=True, timezone="Asia/Dhaka")  # it was 18:00 there
    assert not expired(5 * HOUR, is_reminder=True, timezone="Asia/Dhaka")
    assert not expired(11 * HOUR, is_reminder=True, timezone="Nowhere/Atall")
