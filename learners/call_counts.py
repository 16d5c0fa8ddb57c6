"""How often somebody did something in this minute or hour of the clock, counted in the cache that processes share."""

import time

from django.core.cache import cache


def count_once_more(what: str, *, seconds: int, now: float | None = None) -> tuple[int, int]:
    """How often it was done in this window, this time included; and the seconds until the next one begins.

    The window is a part of the key: the database cache forgets a key's age when it increments it. Across a window's end
    a caller can do twice as much at once, which we accept.
    """
    window, elapsed = divmod(time.time() if now is None else now, seconds)
    key = f"{what}:{int(window)}"
    try:
        count = cache.incr(key)
    except ValueError:  # the first in this window
        count = 1 if cache.add(key, 1, timeout=2 * seconds) else cache.incr(key)
    return count, max(1, round(seconds - elapsed))
