"""manage.py rebuild_facts [--events]: make facts again from the events, and these, if told to, from the statements."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from activity.rebuilding import rebuild_events, rebuild_facts


class Command(BaseCommand):
    help = "Makes all facts again from the events. What comes out as it was is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", action="store_true", help="first make the events again from the statements")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["events"]:
            read = rebuild_events(on_progress=lambda read: self.stderr.write(f"{read} statements read"))
            self.stdout.write(f"{read} statements read again")
        self.stdout.write(f"{rebuild_facts()} learners changed")
