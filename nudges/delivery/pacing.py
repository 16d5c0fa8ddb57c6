"""How many messages a channel takes now: the circuit breaker and the rate limit of its provider. Pure.

The values are a ChannelState's, which all workers share and change under the lock of its row.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FAILURES_TO_CLOSE: Final = 5  # in a row, of the provider and not of one address
FIRST_CLOSURE: Final = timedelta(seconds=30)
LONGEST_CLOSURE: Final = timedelta(minutes=10)
PROBE_PATIENCE: Final = timedelta(seconds=60)  # longer than any call: until then the one that probes is waited for
BURST_SECONDS: Final = 1.0


class Why(StrEnum):
    """Why nothing, or less than was wanted, may leave."""

    PAUSED = "paused"
    CLOSED = "closed"
    LIMITED = "limited"


@dataclass(frozen=True, kw_only=True)
class Pace:
    per_second: float | None = None  # None: no limit
    is_paused: bool = False
    failures: int = 0
    closed_until: datetime | None = None
    tokens: float = 0
    refilled_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """The provider is given one message at a time until it takes one."""
        return self.failures >= FAILURES_TO_CLOSE


@dataclass(frozen=True)
class Room:
    """How many may leave now. With less than was wanted, why, and until when where that is known."""

    count: int
    why: Why | None = None
    until: datetime | None = None
    is_probe: bool = False


def room(pace: Pace, *, wanted: int, now: datetime) -> Room:
    if pace.is_paused:
        return Room(0, Why.PAUSED)
    if pace.closed_until is not None and now < pace.closed_until:
        return Room(0, Why.CLOSED, pace.closed_until)
    is_probe = pace.is_failing
    wanted = min(wanted, 1) if is_probe else wanted
    if pace.per_second is None:
        return Room(wanted, is_probe=is_probe)
    tokens = _tokens(pace, pace.per_second, now)
    if tokens >= wanted:
        return Room(wanted, is_probe=is_probe)
    until = now + timedelta(seconds=(1 - tokens % 1) / pace.per_second)
    return Room(int(tokens), Why.LIMITED, until, is_probe=is_probe)


def taken(pace: Pace, count: int, *, now: datetime) -> Pace:
    """After so many have left. The one that probes keeps the others waiting."""
    if not count:
        return pace
    if pace.is_failing:
        pace = replace(pace, closed_until=now + PROBE_PATIENCE)
    if pace.per_second is None:
        return pace
    return replace(pace, tokens=_tokens(pace, pace.per_second, now) - count, refilled_at=now)


def succeeded(pace: Pace) -> Pace:
    return replace(pace, failures=0, closed_until=None)


def failed(pace: Pace, *, times: int, was_probe: bool, now: datetime) -> Pace:
    """After the provider failed so many times. What was on its way when the breaker closed tells nothing new."""
    if pace.is_failing and not was_probe:
        return pace
    failures = pace.failures + 1 if was_probe else min(pace.failures + times, FAILURES_TO_CLOSE)
    if failures < FAILURES_TO_CLOSE:
        return replace(pace, failures=failures)
    return replace(pace, failures=failures, closed_until=now + closure(failures))


def closure(failures: int) -> timedelta:
    """Half a minute, and twice as long after each probe that fails."""
    doublings = min(failures - FAILURES_TO_CLOSE, 10)
    return min(FIRST_CLOSURE * 2**doublings, LONGEST_CLOSURE)


def _tokens(pace: Pace, per_second: float, now: datetime) -> float:
    """What is in the bucket: at most a second's worth, and at least one message fits in. It begins full.

    Clocks of several machines differ: one that is behind adds nothing.
    """
    size = max(per_second * BURST_SECONDS, 1.0)
    if pace.refilled_at is None:
        return size
    elapsed = max((now - pace.refilled_at).total_seconds(), 0.0)
    return min(pace.tokens + elapsed * per_second, size)
