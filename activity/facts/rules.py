"""The definition of the facts, of plain values: no database, no clock. expression.py is the same for many in SQL.

Whole numbers throughout: percentages and marks are in hundredths, and rounded half up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

BOOKED: Final = "booked"
ATTENDED: Final = "attended"
MISSED: Final = "missed"
EXCUSED: Final = "excused"
RECORDING: Final = (ATTENDED, MISSED, EXCUSED)  # what shows that somebody kept a record of the session

DAYS_IN_STUDY_WEEK: Final = 7


@dataclass(frozen=True)
class Work:
    """A lesson of the learner's program, and how far the learner got with it."""

    due_on: date | None = None
    order: int | None = None
    counts: bool = True
    begun_on: date | None = None
    completed: bool = False  # then begun, too


@dataclass(frozen=True)
class Meeting:
    """A session of the learner's cohort. `answer` is the learner's own, None where there is no record of them."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    answer: str | None = None
    recorded: bool = True  # of anybody in the cohort it is known whether they came


@dataclass(frozen=True)
class Pause:
    """Days, the last one included, on which nothing is expected of the cohort. Pauses don't overlap."""

    first_day: date
    last_day: date


@dataclass(frozen=True)
class Share:
    """Of the lessons due so far, those completed."""

    due: int
    completed: int

    @property
    def hundredths(self) -> int | None:
        """As a percentage; None when nothing is due."""
        return half_up(10_000 * self.completed, self.due) if self.due else None


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def share_completed(lessons: Sequence[Work], *, is_heard_of: bool, pauses: Sequence[Pause] = (), as_of: date) -> Share:
    """Which of the lessons that count are due, and of these completed.

    `is_heard_of`: there are events of the learner, or progress of anybody in the program. Before that no silence says
    anything: perhaps the tool has not been connected, or the lesson's IRI has a slip in it.
    A lesson with a date is due from that day on. One without is due once the learner has completed it or has begun a
    later one of the program, for whoever has gone past it owes it; or a study week after they began it. Before that
    they are at work on it, and to begin must not make anybody look worse than not to.
    """
    if not is_heard_of:
        return Share(0, 0)
    furthest = max((lesson.order for lesson in lessons if lesson.begun_on and lesson.order is not None), default=None)

    def is_due(lesson: Work) -> bool:
        if lesson.due_on is not None:
            return lesson.due_on <= as_of
        if lesson.completed or (lesson.order is not None and furthest is not None and lesson.order < furthest):
            return True
        return lesson.begun_on is not None and study_weeks_since(lesson.begun_on, pauses, as_of=as_of) > 0

    due = [lesson for lesson in lessons if lesson.counts and is_due(lesson)]
    return Share(len(due), sum(lesson.completed for lesson in due))


def average_mark(marks: Iterable[tuple[str, int]]) -> int | None:
    """The mean, in hundredths, of the best mark of each activity; None without any.

    `marks` are pairs of an activity and a mark in hundredths.
    """
    best: dict[str, int] = {}
    for activity, mark in marks:
        best[activity] = max(mark, best.get(activity, 0))
    return half_up(sum(best.values()), len(best)) if best else None


def missed_in_a_row(
    meetings: Iterable[Meeting],
    *,
    joined_at: datetime,
    last_activity: date | None,
    pauses: Sequence[Pause],
    moment: datetime,
    as_of: date,
) -> int | None:
    """How many sessions the learner has missed since the last that they attended; without sessions, study weeks.

    Passed over, as if they had not been: sessions of a pause, those that the learner is excused from, those before the
    learner joined, and those of which no record was kept. Where the record has the learner's own name, it counts.
    """
    past = [meeting for meeting in meetings if not meeting.cancelled and meeting.ends_at <= moment]
    attended = max((meeting.ends_at for meeting in past if meeting.answer == ATTENDED), default=None)
    missed = sum(
        (attended is None or meeting.ends_at > attended)
        and not any(pause.first_day <= meeting.starts_at.date() <= pause.last_day for pause in pauses)
        and is_missed(meeting, joined_at=joined_at)
        for meeting in past
    )
    if missed or attended:
        return missed
    return study_weeks_since(last_activity, pauses, as_of=as_of) if last_activity else None


def is_missed(meeting: Meeting, *, joined_at: datetime) -> bool:
    if meeting.answer is None:
        return meeting.recorded and meeting.starts_at >= joined_at
    return meeting.answer in {MISSED, BOOKED}  # who booked and is not known to have come did not


def study_weeks_since(day: date, pauses: Iterable[Pause], *, as_of: date) -> int:
    """Whole weeks after this day, the days of pauses left out."""
    days = max(0, (as_of - day).days)
    for pause in pauses:
        first = max(pause.first_day, day + timedelta(days=1))
        days -= max(0, (min(pause.last_day, as_of) - first).days + 1)
    return max(0, days) // DAYS_IN_STUDY_WEEK
