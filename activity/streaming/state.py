"""What the stream holds right now, and what Redis says of itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from .connection import StreamUnavailable, is_set_up, stream
from .promises import Promise, promise_of
from .scripts import GROUP, STREAM

CONFIG = ("appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy")


@dataclass(frozen=True)
class ConsumerState:
    """`held` is how many entries it has taken and not finished; `idle_seconds` since it last asked for any."""

    name: str
    held: int
    idle_seconds: float


@dataclass(frozen=True)
class StreamState:
    """`waiting` counts all entries that are not stored, those that consumers hold included."""

    waiting: int
    held: int
    oldest_at: datetime | None
    consumers: tuple[ConsumerState, ...]
    promise: Promise


def state_of_stream() -> StreamState | None:
    """None when there is no Redis to ask, or it does not answer."""
    if not is_set_up():
        return None
    try:
        with stream() as redis:
            return _read(redis)
    except StreamUnavailable:
        return None


def config_of(redis: Redis) -> dict[str, str]:
    """Empty when Redis does not tell: providers often switch CONFIG off."""
    try:
        found: Any = redis.config_get(*CONFIG)
    except ResponseError:
        return {}
    return dict(found)


def _read(redis: Redis) -> StreamState:
    first: Any = redis.xrange(STREAM, count=1)
    consumers = _consumers(redis)
    return StreamState(
        waiting=int(redis.xlen(STREAM)),
        held=sum(one.held for one in consumers),
        oldest_at=datetime.fromtimestamp(int(first[0][0].partition("-")[0]) / 1000, UTC) if first else None,
        consumers=consumers,
        promise=promise_of(config_of(redis)),
    )


def _consumers(redis: Redis) -> tuple[ConsumerState, ...]:
    try:
        found: Any = redis.xinfo_consumers(STREAM, GROUP)
    except ResponseError:  # there is no stream yet, or no consumer has ever come
        return ()
    return tuple(
        ConsumerState(one["name"], one["pending"], one["idle"] / 1000)
        for one in sorted(found, key=lambda one: one["name"])
    )
