"""manage.py fold_statements [--loop]: make events of new statements, once or for as long as it runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from activity.actors import identify
from activity.folding import fold
from jobs.loops import work_until_told_to_stop
from jobs.workers import at_work

IDLE_SECONDS = 0.1
# SQLite has no queue at its write lock: who takes it again at once is ahead of those who ask for it now and then.
PAUSE_SECONDS = {"sqlite": 0.03, "postgresql": 0.0}


class Command(BaseCommand):
    help = (
        "Makes events of the statements that came in, and brings facts and scores up to date. "
        "With --loop it keeps going until it is told to stop; any number of these may run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep going; SIGTERM ends it after the current batch")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            with at_work("fold"):
                work_until_told_to_stop(
                    lambda _should_stop: fold() or identify(),
                    idle_seconds=IDLE_SECONDS,
                    pause_seconds=PAUSE_SECONDS[connection.vendor],
                )
            return
        folded = 0
        while (count := fold()) or identify():
            folded += count
        self.stdout.write(f"{folded} statements folded")
