"""How many calls one caller may make in a minute, counted in the cache that all processes share."""

import time

from django.conf import settings
from django.core.cache import cache
from ninja.errors import Throttled

WINDOW_SECONDS = 60

# Route → share of settings.API_RATE_LIMIT, for what costs more than a read: a model call, or every learner's row.
SHARES = {
    "api/learners/<learner_id>/nudge": 0.1,
    "api/learners/<learner_id>/quiz": 0.1,
    "api/simulate/run": 0.02,
}


def limit_of(route: str) -> int:
    """Calls a minute, at least one."""
    return max(1, round(settings.API_RATE_LIMIT * SHARES.get(route, 1)))


def count_call(caller: str, route: str, *, now: float | None = None) -> None:
    """Count one call; raise Throttled, with the seconds to wait, when the caller has none left in this window.

    Windows are the clock's own minutes, and the minute is part of the key: the database cache forgets a key's age
    when it increments it. Across a minute's end a caller can make twice the limit at once, which we accept.
    """
    now = time.time() if now is None else now
    window, elapsed = divmod(now, WINDOW_SECONDS)
    limited_together = route if route in SHARES else "all"
    key = f"api-calls:{caller}:{limited_together}:{int(window)}"
    try:
        calls = cache.incr(key)
    except ValueError:  # the first in this window
        calls = 1 if cache.add(key, 1, timeout=2 * WINDOW_SECONDS) else cache.incr(key)
    if calls > limit_of(route):
        raise Throttled(wait=max(1, round(WINDOW_SECONDS - elapsed)))
