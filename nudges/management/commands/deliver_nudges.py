"""manage.py deliver_nudges [--loop]: send what is queued, once or for as long as it runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.loops import work_until_told_to_stop
from jobs.workers import at_work
from nudges.worker import work

IDLE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Delivers the nudges that are queued. With --loop it keeps going until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep going; SIGTERM ends it after the current nudge")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            with at_work("deliver"):
                work_until_told_to_stop(lambda should_stop: work(should_stop=should_stop), idle_seconds=IDLE_SECONDS)
        else:
            self.stdout.write(f"{work()} nudges looked at")
