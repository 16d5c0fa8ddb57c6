"""Who is reminded of what today, of plain values. audience.py is the same for all learners in the database.

A day is the learner's own, by the clock where they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from activity.facts.rules import ATTENDED, EXCUSED, Pause
from learners.zones import zone_of

LEAD: Final = timedelta(hours=1)  # before a session, so that there is time to come
SETTLED: Final = (ATTENDED, EXCUSED)  # whoever said so of a session needs no reminder of it
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """From the first to before the second hour of the learner's day reminders are made."""

    opens: int = 8
    closes: int = 20


@dataclass(frozen=True, kw_only=True)
class DueLesson:
    """A lesson of the learner's program."""

    pk: int
    due_on: date | None
    order: int | None = None
    counts: bool = True
    completed: bool = False


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A session of the learner's cohort. `answer` is the learner's own."""

    pk: int
    starts_at: datetime
    cancelled: bool = False
    answer: str | None = None


def local_day(timezone: str, now: datetime) -> date:
    return now.astimezone(zone_of(timezone)).date()


def end_of(day: date, timezone: str) -> datetime:
    """The first moment after that day in that zone, in UTC: a day may have 23, 24 or 25 hours."""
    return datetime.combine(day + DAY, time(), zone_of(timezone)).astimezone(UTC)


def is_open(timezone: str, window: Window, now: datetime) -> bool:
    """Whether reminders are made now where it is this time. A window that was missed is not made up for."""
    return window.opens <= now.astimezone(zone_of(timezone)).hour < window.closes


def goal_today(
    *,
    timezone: str,
    lessons: Iterable[DueLesson],
    sessions: Iterable[Meeting],
    pauses: Iterable[Pause] = (),
    now: datetime,
) -> str | None:
    """The one thing that a learner is reminded of on their day, as goals.py writes it; None when there is nothing.

    The next session that begins later that day, and is far enough off; else the first unfinished lesson that is due
    that day, by order. Nothing on a day of an interruption.
    """
    day = local_day(timezone, now)
    if any(pause.first_day <= day <= pause.last_day for pause in pauses):
        return None
    coming = [
        (session.starts_at, session.pk)
        for session in sessions
        if now + LEAD <= session.starts_at < end_of(day, timezone)
        and not session.cancelled
        and session.answer not in SETTLED
    ]
    if coming:
        return f"session:{min(coming)[1]}"
    due = [
        (lesson.order is None, lesson.order or 0, lesson.pk)
        for lesson in lessons
        if lesson.counts and lesson.due_on == day and not lesson.completed
    ]
    return f"lesson:{min(due)[2]}" if due else None
