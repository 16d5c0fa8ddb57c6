"""What is to be done beside the web server: each role by its name."""

import threading

from django.db import connection

from activity.actors import identify
from activity.folding import fold
from activity.management.commands import fold_statements
from jobs import roles
from jobs.loops import work_until
from jobs.threads import Role
from nudges.management.commands import deliver_nudges
from nudges.worker import work


def _deliver_until(stop: threading.Event) -> None:
    work_until(stop, lambda should_stop: work(should_stop=should_stop), idle_seconds=deliver_nudges.IDLE_SECONDS)


def _fold_until(stop: threading.Event) -> None:
    work_until(
        stop,
        lambda _should_stop: fold() or identify(),
        idle_seconds=fold_statements.IDLE_SECONDS,
        pause_seconds=fold_statements.PAUSE_SECONDS[connection.vendor],
    )


def all_roles() -> dict[str, Role]:
    found = [Role("deliver", _deliver_until), roles.tasks(), Role("fold", _fold_until), roles.schedule]
    return {role.name: role for role in found}
