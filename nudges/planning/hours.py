"""When a planned nudge leaves: within the batch's hours of the learner's day, at their usual hour, never in quiet ones.

Pure: hours are whole ones on the learner's clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from learners.zones import zone_of

from ..gate.rules import Policy, quiet_until


@dataclass(frozen=True)
class Window:
    """From the one hour on, and before the other: 0 to 24. `usual` is for learners whose own hour is not known."""

    begins: int = 0
    ends: int = 24
    usual: int | None = None


def leaves_at(
    now: datetime, *, zone: str, window: Window | None, policy: Policy, own_hour: int | None = None
) -> datetime:
    """In UTC, and not before `now`. `own_hour` is the learner's usual hour, in UTC.

    Whose hour has passed today while the window is still open gets it now: tomorrow it may be too late.
    """
    at = now
    if window is not None:
        local = now.astimezone(zone_of(zone))
        hour = min(max(_hour(now, zone, window, own_hour), window.begins), window.ends - 1)
        at_that_hour = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        is_over = local.hour >= window.ends
        at = _utc(at_that_hour + timedelta(days=1)) if is_over else max(_utc(at_that_hour), now)
    return quiet_until(zone, policy, at) or at


def _hour(now: datetime, zone: str, window: Window, own_hour: int | None) -> int:
    """The hour of the learner's day that is aimed at, before the window is looked at."""
    if own_hour is not None:
        return now.astimezone(UTC).replace(hour=own_hour, minute=0).astimezone(zone_of(zone)).hour
    return window.begins if window.usual is None else window.usual


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)
