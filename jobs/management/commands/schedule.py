"""manage.py schedule: queue each job when it is due, for as long as it runs. Any number of these may run."""

from typing import Any

from django.core.management.base import BaseCommand

from jobs.loops import stop_at_signals
from jobs.roles import schedule
from jobs.threads import do_all
from jobs.workers import at_work


class Command(BaseCommand):
    help = "Queues the jobs of settings.SCHEDULE when they are due. Any number of these may run: each job starts once."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = stop_at_signals()
        with at_work("schedule") as worker:
            went_well = do_all([schedule], worker=worker, stop=stop)
        if not went_well:
            raise SystemExit(1)
