"""What comes after a try to reach a learner: plain values in, the next step with its reason out. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

MOST_TRIES: Final = 3
WEEKEND: Final = frozenset({5, 6})  # date.weekday() of Saturday and Sunday

REACHED, VOICEMAIL, WRONG_NUMBER, PROMISED, NO_REPLY = "reached", "voicemail", "wrong_number", "promised", "no_reply"
# How urgent what made a task is; a task that is raised again for something more urgent becomes that.
URGENCY: Final = {"by_hand": 0, "unanswered": 1, "fine": 1, "reply": 2, "help": 3}
DUE_TODAY: Final = frozenset({"reply", "help"})


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What becomes of the task, and why, in words for its owner. `due_on` is None when it closes."""

    reason: str | Promise
    due_on: date | None = None
    closes: bool = False
    escalates: bool = False
    withdraws_phone: bool = False


class PromiseNeedsDate(ValueError):  # noqa: N818 (reads as what is wrong)
    """A promised date must be given, and can't lie in the past. str() is a sentence for people."""


def next_step(outcome: str, *, tries: int, today: date, promised_on: date | None = None) -> NextStep:
    """The step after this outcome; `tries` counts it too. Raises PromiseNeedsDate."""
    if outcome == REACHED:
        return NextStep(closes=True, reason=_("You reached each other: the task is closed."))
    if outcome == PROMISED:
        return _promised(promised_on, today)
    if outcome == WRONG_NUMBER:
        return NextStep(
            due_on=next_working_day(today),
            withdraws_phone=True,
            reason=_("The number is not theirs, and nothing goes to it any more. Find another way to reach them."),
        )
    if outcome == VOICEMAIL:
        return NextStep(
            due_on=next_working_day(today),
            escalates=tries >= MOST_TRIES,
            reason=_("Several tries without a talk: staff are told. Due again on the next working day.")
            if tries >= MOST_TRIES
            else _("Left a message. Due again on the next working day."),
        )
    if outcome == NO_REPLY:
        if tries >= MOST_TRIES:
            return NextStep(
                closes=True,
                reason=format_lazy(_("No reply after {tries} tries: the task is closed."), tries=tries),
            )
        return NextStep(
            due_on=next_working_day(today, days=2), reason=_("No reply yet. Due again in two working days.")
        )
    raise ValueError(f"There is no outcome {outcome!r}.")


def next_working_day(today: date, *, days: int = 1) -> date:
    """So many working days after today."""
    day = today
    while days:
        day += timedelta(days=1)
        days -= day.weekday() not in WEEKEND
    return day


def due_on(cause: str, *, today: date) -> date:
    """Who wrote to us waits for an answer today; others can wait for the next working day."""
    return today if cause in DUE_TODAY else next_working_day(today)


def is_more_urgent(cause: str, than: str) -> bool:
    return URGENCY[cause] > URGENCY[than]


def is_overdue(due: date, *, today: date) -> bool:
    """From the day after it was due."""
    return due < today


def _promised(promised_on: date | None, today: date) -> NextStep:
    if promised_on is None:
        raise PromiseNeedsDate(_("Which day did they promise? Give its date."))
    if promised_on < today:
        raise PromiseNeedsDate(_("This day is over. Give the date that they promised, today or later."))
    return NextStep(due_on=promised_on, reason=_("They promised a date. Due again on that day."))
