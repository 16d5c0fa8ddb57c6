"""When a job is due, and when a process is dead: decided from plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from apscheduler.triggers.cron import CronTrigger

SILENT_AFTER = timedelta(seconds=60)
# On this machine the process id is asked for. A process that is there may still be another with the same id; and one
# that waits for SQLite's lock, behind a job of minutes, can say nothing for as long.
SILENT_THOUGH_THERE_AFTER = timedelta(minutes=10)

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20))
A_MOMENT = timedelta(microseconds=1)
CLOCKS_DIFFER_BY = timedelta(minutes=1)


class Why(StrEnum):
    """Why a job is to be queued now."""

    SCHEDULE = "schedule"
    RETRY = "retry"


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """A run that is over. `was_cut_off`: its process died."""

    went_well: bool
    was_cut_off: bool
    finished_at: datetime


def next_after(moment: datetime, cron: str) -> datetime:
    """The first time after `moment` that five fields of cron name, in UTC: no hour of theirs comes twice or never.

    Raises ValueError where they name none. Weekdays are written as names: APScheduler counts them from Monday,
    everybody else from Sunday.
    """
    trigger = CronTrigger.from_crontab(cron, timezone=UTC)
    found: datetime | None = trigger.get_next_fire_time(None, moment.astimezone(UTC) + A_MOMENT)
    if found is None:
        raise ValueError(f"{cron!r} names no time at all.")
    return found


def is_ahead(fired_for: datetime, now: datetime) -> bool:
    """Whether a clock was wrong when the job was last started: waiting for that time could take years."""
    return fired_for > now + CLOCKS_DIFFER_BY


def why_due(*, cron: str, fired_for: datetime, past: Sequence[PastRun], now: datetime) -> Why | None:
    """`past`: the runs that are over, newest first; a few are enough. None: not now.

    However many times have passed since it was last due, it is due once. What failed is tried again, a few times and
    ever later; what was cut off, at once the first time.
    """
    if next_after(fired_for, cron) <= now:
        return Why.SCHEDULE
    failures = 0
    while failures < len(past) and not past[failures].went_well:
        failures += 1
    if not 0 < failures <= len(RETRY_AFTER):
        return None
    at_once = failures == 1 and past[0].was_cut_off
    return Why.RETRY if at_once or past[0].finished_at + RETRY_AFTER[failures - 1] <= now else None


def is_dead(*, silent_for: timedelta, is_there: bool | None) -> bool:
    """`is_there`: whether this machine has a process of that id; None for a worker of another machine."""
    if is_there is None:
        return silent_for > SILENT_AFTER
    return not is_there or silent_for > SILENT_THOUGH_THERE_AFTER
