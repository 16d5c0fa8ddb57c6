"""Who calls: Basic credentials to an access key, and what that key may do."""

import base64
import binascii
import time

from learners.call_counts import count_once_more

from ..access_keys import find_access_key, note_use
from ..models import AccessKey
from .answers import Refused

REMEMBERED_SECONDS = 2.0  # how long a revoked key may go on, for no query of its own with every call
WINDOW_SECONDS = 60

_known: dict[str, tuple[float, AccessKey]] = {}


def key_of(authorization: str) -> AccessKey:
    """The key that an Authorization header names. Raises Refused with 401."""
    now = time.monotonic()
    known = _known.get(authorization)
    if known is not None and known[0] > now:
        note_use(known[1])
        return known[1]
    username, secret = _read_basic(authorization)
    key = find_access_key(username, secret)
    if key is None:
        raise _unauthorized("No access key in use has this name and secret.")
    if len(_known) > 1000:
        _known.clear()
    _known[authorization] = (now + REMEMBERED_SECONDS, key)
    return key


def forget_keys() -> None:
    """For this process: look every key up again."""
    _known.clear()


def check_scope(key: AccessKey, method: str) -> None:
    """Raises Refused with 403."""
    if method in {"GET", "HEAD"}:
        if not key.can_read:
            raise Refused(403, "This access key may not read.")
    elif not key.can_write:
        raise Refused(403, "This access key may not write.")


def count_call(key: AccessKey, *, now: float | None = None) -> None:
    """Raises Refused with 429 when the key has no calls left in this minute of the clock."""
    if key.calls_per_minute is None:
        return
    calls, wait = count_once_more(f"xapi-calls:{key.pk}", seconds=WINDOW_SECONDS, now=now)
    if calls > key.calls_per_minute:
        raise Refused(
            429,
            f"This access key may make {key.calls_per_minute} calls a minute. Try again in {wait} seconds.",
            headers={"Retry-After": str(wait)},
        )


def _read_basic(authorization: str) -> tuple[str, str]:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise _unauthorized("Send an access key and its secret as Basic credentials.")
    try:
        username, colon, secret = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _unauthorized("The Basic credentials can't be read.") from None
    if not colon:
        raise _unauthorized("The Basic credentials have no colon.")
    return username, secret


def _unauthorized(message: str) -> Refused:
    return Refused(401, message, headers={"WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"'})
