"""How many calls a caller may make in a minute, or a stranger in an hour: counted in the cache that processes share."""

from django.conf import settings
from ninja.errors import Throttled

from learners.call_counts import count_once_more

MINUTE, HOUR = 60, 3600  # in seconds

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
    """Count one call; raise Throttled, with the seconds to wait, when the caller has none left in this minute."""
    limited_together = route if route in SHARES else "all"
    _count(f"{caller}:{limited_together}", limit=limit_of(route), seconds=MINUTE, now=now)


def count_stranger(address: str, route: str, *, now: float | None = None) -> None:
    """Count a call without credentials: few an hour from one address. Raises Throttled."""
    _count(f"stranger-{address}:{route}", limit=settings.SIGNUP_RATE_LIMIT, seconds=HOUR, now=now)


def _count(what: str, *, limit: int, seconds: int, now: float | None) -> None:
    calls, wait = count_once_more(f"api-calls:{what}", seconds=seconds, now=now)
    if calls > limit:
        raise Throttled(wait=wait)
