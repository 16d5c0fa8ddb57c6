"""After a call that failed: when to try again, if at all. Pure."""

from datetime import datetime, timedelta
from typing import Final

MAX_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LEAST_WAIT: Final = timedelta(seconds=1)


def next_try(
    *,
    tries: int,
    retrying_helps: bool,
    may_have_arrived: bool,
    recognises_id: bool,
    retry_after: float | None,
    chance: float,
    now: datetime,
) -> datetime | None:
    """When to try again after `tries` tries; None when that was the last.

    What may have arrived is sent again only to a provider that recognises it: else the learner could read it twice.
    `chance`, from 0 to 1, spreads those that failed together. `retry_after` is the provider's own word, in seconds.
    """
    if may_have_arrived and not recognises_id:
        return None
    if not (retrying_helps or may_have_arrived) or tries >= MAX_TRIES:
        return None
    return now + max(wait(tries, chance), timedelta(seconds=retry_after or 0))


def wait(tries: int, chance: float) -> timedelta:
    """Between a moment and a limit that doubles with each try: those who wait alike would all come back at once."""
    return max(FIRST_WAIT * 2 ** (tries - 1) * chance, LEAST_WAIT)
