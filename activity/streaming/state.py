"""What the stream holds right now, and what Redis says of itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from .connection import StreamUnavailable, is_set_up, stream
from .promises import Promise, promise_of
from .scripts import GROUP, STREAM, alive_key

CONFIG = ("appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy")

AS_GOOD_AS_FULL = 0.9  # of maxmemory: commands under way take some, too


@dataclass(frozen=True)
class ConsumerState:
    """`held` is how many entries it has taken and not finished; `is_alive` whether it was heard of lately."""

    name: str
    held: int
    is_alive: bool


@dataclass(frozen=True)
class StreamState:
    """`waiting` counts all entries that are not stored, those that consumers hold included.

    `is_full` when Redis takes hardly anything more: then statements go straight to the database.
    """

    waiting: int
    held: int
    oldest_at: datetime | None
    consumers: tuple[ConsumerState, ...]
    promise: Promise
    is_full: bool

    @property
    def is_consumed(self) -> bool:
        return any(consumer.is_alive for consumer in self.consumers)


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
    config = config_of(redis)
    return StreamState(
        waiting=int(redis.xlen(STREAM)),
        held=sum(one.held for one in consumers),
        oldest_at=datetime.fromtimestamp(int(first[0][0].partition("-")[0]) / 1000, UTC) if first else None,
        consumers=consumers,
        promise=promise_of(config),
        is_full=_is_full(redis, int(config.get("maxmemory", "0"))),
    )


def _is_full(redis: Redis, limit: int) -> bool:
    if not limit:
        return False
    memory: Any = redis.info("memory")
    return int(memory["used_memory"]) >= limit * AS_GOOD_AS_FULL


def _consumers(redis: Redis) -> tuple[ConsumerState, ...]:
    try:
        found: Any = redis.xinfo_consumers(STREAM, GROUP)
    except ResponseError:  # there is no stream yet, or no consumer has ever come
        return ()
    return tuple(
        ConsumerState(one["name"], one["pending"], is_alive=bool(redis.exists(alive_key(one["name"]))))
        for one in sorted(found, key=lambda one: one["name"])
    )
