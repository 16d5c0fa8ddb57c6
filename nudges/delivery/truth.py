"""Does a nudge still say what is so, at the moment when it leaves? Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from learners.zones import zone_of

STALE_AFTER: Final = timedelta(hours=24)


def is_done(
    *,
    is_kudos: bool,
    is_motivation: bool,
    names: Collection[str],
    goal_is_done: bool,
    completed_percent: Decimal | None,
    missed_sessions: int | None,
    last_seen: datetime | None,
    queued_at: datetime | None,
) -> bool:
    """Whether the learner has done meanwhile what it asks for. `names` are the placeholders of its text.

    Kudos ask for nothing: "100 %" is their best news.
    """
    if is_kudos:
        return False
    came_back = last_seen is not None and queued_at is not None and last_seen > queued_at
    return (
        goal_is_done
        or (came_back and ("days_since_seen" in names or is_motivation))
        or ("missed_sessions" in names and missed_sessions == 0)
        or ("completed_percent" in names and completed_percent is not None and completed_percent >= 100)
    )


def is_expired(
    *, is_reminder: bool, due_at: datetime, leaves_at: datetime, timezone: str, was_tried: bool, is_of_a_batch: bool
) -> bool:
    """Whether it comes too late at `leaves_at`. A reminder is for its own day, where the learner is. Others may be a
    day late; those of a batch that waited because people paused it may leave later, if they were never tried."""
    if is_reminder:
        zone = zone_of(timezone)
        return leaves_at.astimezone(zone).date() > due_at.astimezone(zone).date()
    return leaves_at - due_at > STALE_AFTER and (was_tried or not is_of_a_batch)
