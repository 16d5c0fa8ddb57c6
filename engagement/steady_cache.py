"""The cache in Redis, which goes on without it: what is counted there must not keep anybody from logging in."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from activity.streaming.connection import ANSWER_SECONDS, CONNECT_SECONDS, Circuit, once_more

log = logging.getLogger(__name__)

METHODS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


class SteadyRedisCache(RedisCache):
    """While Redis is away or full, each process counts in its own memory: limits are wider then, and are not gone."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        impatience = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS, "retry": once_more()}
        super().__init__(server, {**params, "OPTIONS": {**impatience, **params.get("OPTIONS", {})}})
        self._memory = LocMemCache(f"instead-of-{server}", {key: params[key] for key in params if key != "OPTIONS"})
        self._circuit = _circuits.setdefault(server, Circuit())


def _steadily(name: str) -> Callable[..., Any]:
    in_redis = getattr(RedisCache, name)

    def call(self: SteadyRedisCache, *given: Any, **named: Any) -> Any:
        if self._circuit.lets_through():
            try:
                answer = in_redis(self, *given, **named)
            except RedisError as error:
                self._circuit.record_failure()
                log.warning("Redis does not serve the cache, so this process remembers for itself: %s", error)
            else:
                self._circuit.record_success()
                return answer
        return getattr(self._memory, name)(*given, **named)

    return call


_circuits: dict[str, Circuit] = {}  # of this process: Django makes a cache for each thread

for method in METHODS:
    setattr(SteadyRedisCache, method, _steadily(method))
