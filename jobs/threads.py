"""One process that does several things for as long as it runs, each in threads of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connections

from .identity import Self, as_worker

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 30.0  # for the others, when one has crashed


@dataclass(frozen=True)
class Role:
    """One thing to do until the event is set; each thread has its own connection to the database."""

    name: str
    do_until: Callable[[threading.Event], None]
    threads: int = 1


def do_all(roles: Sequence[Role], *, worker: Self, stop: threading.Event) -> bool:
    """Do all of these until `stop` is set, and then end what is being done. For the main thread.

    False when one of them crashed, or ended unasked: then the others are told to stop, and whoever started this
    process should start it anew.
    """
    crashed = threading.Event()
    threads = [
        threading.Thread(target=_guarded, args=(role, worker, stop, crashed), name=f"{role.name}-{number}", daemon=True)
        for role in roles
        for number in range(1, role.threads + 1)
    ]
    for thread in threads:
        thread.start()
    waited = 0.0
    while any(thread.is_alive() for thread in threads) and waited < PATIENCE_SECONDS:
        for thread in threads:
            thread.join(LOOK_SECONDS)  # in between, signals are heard
        waited += LOOK_SECONDS * len(threads) if crashed.is_set() else 0.0
    return not crashed.is_set()


def _guarded(role: Role, worker: Self, stop: threading.Event, crashed: threading.Event) -> None:
    try:
        with as_worker(worker):
            role.do_until(stop)
        if not stop.is_set():
            raise RuntimeError("It ended, though nobody told it to.")
    except BaseException:
        log.critical("“%s” crashed; this process ends", role.name, exc_info=True)
        crashed.set()
        stop.set()
    finally:
        connections.close_all()
