"""The way to Redis: quick to give up, and after a failure not asked again for a few seconds."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 1.0  # a sender waits; the database would have answered
REST_SECONDS = 5.0  # after a failure, so that not every request waits for the same one
BLOCK_SECONDS = 1.0  # for how long a consumer waits for an entry


class StreamUnavailable(Exception):  # noqa: N818  (named for what it is, like Http404)
    """Redis is absent, full, read-only, slow, or not set up. Whether it took what was sent is not known."""


class Circuit:
    """Closed while Redis answers. A failure opens it for REST_SECONDS; then one caller tries, and the others follow."""

    def __init__(self) -> None:
        self._opens_until = 0.0

    def lets_through(self) -> bool:
        now = time.monotonic()
        if now < self._opens_until:
            return False
        if self._opens_until:  # the first after the rest tries; until it knows, the others stay away
            self._opens_until = now + ANSWER_SECONDS + CONNECT_SECONDS
        return True

    def record_failure(self) -> None:
        self._opens_until = time.monotonic() + REST_SECONDS

    def record_success(self) -> None:
        self._opens_until = 0.0


def is_set_up() -> bool:
    return bool(settings.REDIS_URL)


@lru_cache(maxsize=8)
def circuit_of(address: str) -> Circuit:
    """This process's circuit to one server."""
    return Circuit()


def once_more() -> Retry:
    """A connection that the server closed meanwhile is replaced once; a call that ran out of time is not repeated."""
    return Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))


@lru_cache(maxsize=8)
def _client(address: str, answer_seconds: float) -> Redis:
    """One pool for the process; redis-py makes new connections in a fork.

    Text comes back as it went in, even if it is no UTF-8, so that a poisoned entry can be looked at.
    """
    return Redis.from_url(
        address,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer_seconds,
        retry=once_more(),
        decode_responses=True,
        encoding_errors="surrogateescape",
        protocol=2,
    )


def patient_client() -> Redis:
    """For consumers, who wait for entries."""
    return _client(settings.REDIS_URL, BLOCK_SECONDS + 4 * ANSWER_SECONDS)


@contextmanager
def stream() -> Iterator[Redis]:
    """The client for one call at the door. Raises StreamUnavailable, at once while the circuit is open."""
    if not is_set_up():
        raise StreamUnavailable("REDIS_URL is not set")
    circuit = circuit_of(settings.REDIS_URL)
    if not circuit.lets_through():
        raise StreamUnavailable("Redis failed a moment ago")
    try:
        yield _client(settings.REDIS_URL, ANSWER_SECONDS)
    except RedisError as error:
        circuit.record_failure()
        log.warning("Redis does not serve the stream, so statements go straight to the database: %s", error)
        raise StreamUnavailable(str(error)) from error
    circuit.record_success()
