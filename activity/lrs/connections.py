"""The database connection under many calls a second: not asked before each whether it stands, and replaced if it fell.

Django asks with a query of its own before the first one of every request. That is as dear as storing a statement.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

TRUSTED_SECONDS = 5.0

T = TypeVar("T")
_used = threading.local()


def trust_connection() -> None:
    """Let this request use the connection unasked, if it stood a moment ago. The work then runs in again_if_lost()."""
    if time.monotonic() - getattr(_used, "at", -TRUSTED_SECONDS) < TRUSTED_SECONDS:
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it


def again_if_lost(work: Callable[[], T]) -> T:
    """Do this; once more on a new connection if the old one broke. `work` must bear being done twice."""
    try:
        done = work()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        done = work()
    _used.at = time.monotonic()
    return done
