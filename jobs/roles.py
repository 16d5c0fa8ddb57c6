"""What a worker can do for us; what it does for other apps, they bring themselves."""

import threading

from django.conf import settings

from . import dramatiq_backend, queueing
from .loops import work_until
from .scheduling import start_what_is_due
from .threads import Role

SCHEDULE_SECONDS = 2.0
TASK_SECONDS = 1.0
TASKS_AT_ONCE = 2  # a job of minutes does not hold up those of seconds


def _schedule_until(stop: threading.Event) -> None:
    work_until(
        stop, lambda _should_stop: start_what_is_due(), idle_seconds=SCHEDULE_SECONDS, pause_seconds=SCHEDULE_SECONDS
    )


def _do_tasks_until(stop: threading.Event) -> None:
    work_until(stop, queueing.do_tasks, idle_seconds=TASK_SECONDS)


def _do_tasks_of_redis_until(stop: threading.Event) -> None:
    dramatiq_backend.do_tasks_until(stop, threads=TASKS_AT_ONCE)


def tasks() -> Role:
    """As settings.TASK_QUEUE has it."""
    if settings.TASK_QUEUE == "redis":
        return Role("tasks", _do_tasks_of_redis_until)  # it has threads of its own
    return Role("tasks", _do_tasks_until, threads=TASKS_AT_ONCE)


schedule = Role("schedule", _schedule_until)
