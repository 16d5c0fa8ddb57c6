"""manage.py deliver_nudges [--loop]: send what is queued, once or for as long as it runs."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from nudges.worker import work

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Delivers the nudges that are queued. With --loop it keeps going until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep going; SIGTERM ends it after the current nudge")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if not options["loop"]:
            self.stdout.write(f"{work(should_stop=stop.is_set)} nudges looked at")
            return
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        while not stop.is_set():
            if not self._work_once(stop):
                stop.wait(IDLE_SECONDS)

    def _work_once(self, stop: threading.Event) -> int:
        """One round; 0 when there was nothing to do, or the database was away: it may be back a moment later."""
        close_old_connections()
        try:
            return work(should_stop=stop.is_set)
        except (OperationalError, InterfaceError):
            log.exception("The database did not answer; trying again")
            connection.close()
            return 0
