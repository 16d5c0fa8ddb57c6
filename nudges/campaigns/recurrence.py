"""When a campaign runs next. Plain values in and out: the clock on the wall of one zone, whatever its summer time."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo

ONCE, DAILY, WEEKLY, MONTHLY = "once", "daily", "weekly", "monthly"
DAYS = {DAILY: 1, WEEKLY: 7}


def next_run(recurrence: str, *, starts_at: datetime, after: datetime, zone: tzinfo) -> datetime | None:
    """The first run later than `after`, in UTC; None when there is none any more.

    Every run is counted from `starts_at`, and not from the run before: the 31st stays the 31st after a February, and an
    hour that the clock leaves out once is not left out ever after.
    """
    if after < starts_at:
        return starts_at.astimezone(UTC)
    if recurrence == ONCE:
        return None
    first, now = starts_at.astimezone(zone), after.astimezone(zone)
    if recurrence == MONTHLY:
        passed = (now.year - first.year) * 12 + now.month - first.month
        runs = (_months_later(first, months) for months in range(max(passed - 1, 0), passed + 3))
    else:
        step = DAYS[recurrence]
        passed = (now.date() - first.date()).days // step
        runs = (first + timedelta(days=step * count) for count in range(max(passed - 1, 0), passed + 3))
    return next(moment for run in runs if (moment := run.astimezone(UTC)) > after)


def _months_later(first: datetime, months: int) -> datetime:
    """The same day of a later month, or its last where it has no such day."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first.replace(year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1]))
