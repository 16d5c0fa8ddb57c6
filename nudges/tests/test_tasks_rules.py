from datetime import date
from decimal import Decimal

import pytest

from nudges.tasks.opening import opening_line
from nudges.tasks.rules import (
    PromiseNeedsDate,
    due_on,
    is_more_urgent,
    is_overdue,
    next_step,
    next_working_day,
)

THURSDAY, FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (19, 20, 21, 23, 24))


def test_reached_closes():
    step = next_step("reached", tries=1, today=FRIDAY)
    assert step.closes
    assert step.due_on is None


@pytest.mark.parametrize(("tries", "escalates"), [(1, False), (2, False), (3, True), (4, True)])
def test_voicemail_is_due_next_working_day_and_escalates_from_the_third(tries, escalates):
    step = next_step("voicemail", tries=tries, today=FRIDAY)
    assert (step.due_on, step.closes, step.escalates) == (MONDAY, False, escalates)


def test_a_wrong_number_is_not_called_again():
    step = next_step("wrong_number", tries=1, today=THURSDAY)
    assert (step.due_on, step.withdraws_phone, step.closes) == (FRIDAY, True, False)


def test_a_promise_is_due_on_its_day_even_a_sunday_or_today():
    for day in (FRIDAY, date(2026, 11, 22)):
        assert next_step("promised", tries=1, today=FRIDAY, promised_on=day).due_on == day


@pytest.mark.parametrize("promised_on", [None, THURSDAY])
def test_a_promise_without_a_day_to_come_is_refused(promised_on):
    with pytest.raises(PromiseNeedsDate):
        next_step("promised", tries=1, today=FRIDAY, promised_on=promised_on)


@pytest.mark.parametrize(("tries", "due", "closes"), [(1, TUESDAY, False), (2, TUESDAY, False), (3, None, True)])
def test_no_reply_is_due_in_two_working_days_and_the_third_closes(tries, due, closes):
    step = next_step("no_reply", tries=tries, today=FRIDAY)
    assert (step.due_on, step.closes) == (due, closes)


@pytest.mark.parametrize("outcome", ["reached", "voicemail", "wrong_number", "promised", "no_reply"])
def test_every_step_says_why(outcome):
    assert str(next_step(outcome, tries=3, today=FRIDAY, promised_on=FRIDAY).reason)


def test_an_outcome_that_does_not_exist_is_a_mistake():
    with pytest.raises(ValueError, match="no outcome"):
        next_step("sang", tries=1, today=FRIDAY)


@pytest.mark.parametrize(
    ("today", "days", "day"), [(THURSDAY, 1, FRIDAY), (FRIDAY, 1, MONDAY), (SATURDAY, 1, MONDAY), (FRIDAY, 2, TUESDAY)]
)
def test_working_days_leave_out_the_weekend(today, days, day):
    assert next_working_day(today, days=days) == day


@pytest.mark.parametrize(
    ("cause", "day"), [("help", FRIDAY), ("reply", FRIDAY), ("unanswered", MONDAY), ("by_hand", MONDAY)]
)
def test_who_wrote_waits_for_today_and_others_for_the_next_working_day(cause, day):
    assert due_on(cause, today=FRIDAY) == day


def test_help_is_more_urgent_than_anything_else():
    assert all(is_more_urgent("help", cause) for cause in ("reply", "unanswered", "by_hand"))
    assert not is_more_urgent("help", "help")


def test_a_task_is_overdue_from_the_day_after():
    assert not is_overdue(FRIDAY, today=FRIDAY)
    assert is_overdue(FRIDAY, today=SATURDAY)


def line(**more):
    return opening_line(**{"cause": "unanswered", "first_name": "Riya", "caller": "Maya", "program": "Python", **more})


def test_opening_line_names_caller_and_one_fact_in_counts():
    assert line(missed_sessions=3, days_since_seen=20, task="Loops") == (
        "Hi Riya, this is Maya from Python. We missed you in the last 3 sessions. "
        "How are you, and what would help you with “Loops”?"
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"missed_sessions": 0, "days_since_seen": 12}, "It is 12 days since we saw you."),
        ({"days_since_seen": 6}, "this is Maya from Python. How are you"),
        ({"completed_percent": Decimal("45.9")}, "You have already handed in 45% of the work"),
        ({"completed_percent": Decimal(0)}, "this is Maya from Python. How are you"),
        ({"missed_sessions": 1}, "We missed you in the last session."),
        ({}, "this is Maya from Python. How are you"),
        ({"caller": ""}, "Hi Riya, I am calling about Python."),
        ({"cause": "help", "missed_sessions": 4}, "You told us that you need help"),
        ({"cause": "reply", "missed_sessions": 4}, "Thank you for your answer."),
    ],
)
def test_opening_line_says_what_is_known_and_no_more(facts, words):
    assert words in line(**facts)


def test_opening_line_never_names_a_score_or_blames():
    every = [
        line(cause=cause, missed_sessions=5, completed_percent=Decimal(2)) for cause in ("help", "by_hand", "reply")
    ]
    assert not any(word in one.casefold() for one in every for word in ("risk", "score", "fail", "behind"))
