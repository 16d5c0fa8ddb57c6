"""manage.py work [--only ROLE,ROLE]: everything beside the web server, in one process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engagement.work_roles import all_roles
from jobs.loops import stop_at_signals
from jobs.threads import Role, do_all
from jobs.workers import at_work


class Command(BaseCommand):
    help = (
        "Does what is to be done beside the web server: delivers nudges, does tasks, folds statements, and starts jobs "
        "when they are due. SIGTERM ends it after what is being done; if one part crashes, it ends with code 1. "
        "Any number of these may run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", metavar="ROLES", help="some of them, with commas: " + ",".join(all_roles()))

    def handle(self, *args: Any, only: str | None, **options: Any) -> None:
        chosen = _chosen(only)
        stop = stop_at_signals()
        with at_work(",".join(role.name for role in chosen)) as worker:
            went_well = do_all(chosen, worker=worker, stop=stop)
        if not went_well:
            raise SystemExit(1)


def _chosen(only: str | None) -> list[Role]:
    known = all_roles()
    if only is None:
        return list(known.values())
    names = [name.strip() for name in only.split(",")]
    if unknown := [name for name in names if name not in known]:
        raise CommandError(f"There is no role {unknown[0]!r}. There are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]
