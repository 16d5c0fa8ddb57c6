"""For what works for as long as it runs: a command, or one of the threads of a process."""

import logging
import signal
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connection

log = logging.getLogger(__name__)

Round = Callable[[Callable[[], bool]], int]


def work_until_told_to_stop(work: Round, *, idle_seconds: float, pause_seconds: float = 0) -> None:
    """Do round after round until SIGTERM or SIGINT, which end this after what is being done. For the main thread."""
    work_until(stop_at_signals(), work, idle_seconds=idle_seconds, pause_seconds=pause_seconds)


def stop_at_signals() -> threading.Event:
    """An event that SIGTERM or SIGINT sets."""
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    return stop


def work_until(stop: threading.Event, work: Round, *, idle_seconds: float, pause_seconds: float = 0) -> None:
    """Do round after round until `stop` is set, which ends this after what is being done.

    `work` is given a function that says whether to stop, and returns how much there was to do: after 0 this waits
    `idle_seconds`, else `pause_seconds`. A database that is away may be back a moment later, and is waited for.
    """
    answered = True
    while not stop.is_set():
        close_old_connections()
        try:
            done = work(stop.is_set)
            answered = True
        except (OperationalError, InterfaceError):
            if answered:  # said once, however long it takes
                log.exception("The database did not answer; trying again")
            answered, done = False, 0
            connection.close()
        stop.wait(pause_seconds if done else idle_seconds)
