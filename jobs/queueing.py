"""The tasks that wait in the database: taken one at a time, done, tried again, and given back by who could not.

django-tasks-db brings the table and the enqueueing, in the caller's transaction. Its own worker leaves a task of a
process that was killed "running" for ever, and tries nothing twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django_tasks.base import TaskContext, TaskResult, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .identity import me

log = logging.getLogger(__name__)

TRIES = 3
RETRY_SECONDS = 30


class TaskGaveUp(Exception):  # noqa: N818 (reads as what happened)
    """Workers died while they did this task, time after time."""


def do_tasks(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Do what waits, one after the other; how many there were. For a thread of a worker."""
    done = 0
    while not should_stop() and (task := _take()):
        _do(task)
        done += 1
    return done


def give_back(worker_id: UUID, *, but: set[UUID] | None = None, started_before: datetime | None = None) -> None:
    """What this worker began, but for `but`, waits again; after three tries it has failed."""
    running = DBTaskResult.objects.running()
    if started_before is not None:
        running = running.filter(started_at__lt=started_before)
    for task in running.select_for_update():
        if task.worker_ids[-1:] == [str(worker_id)] and task.pk not in (but or ()):
            _try_again(task, TaskGaveUp(f"It was begun {len(task.worker_ids)} times, and no worker finished it."))


def _take() -> DBTaskResult | None:
    worker = me()
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # without a transaction, which on SQLite would hold up others
        return None
    with transaction.atomic():
        task = ready.get_locked()
        if task is not None:
            worker.tasks.add(task.pk)
            task.claim(str(worker.id))
    return task


def _do(task: DBTaskResult) -> None:
    try:
        value = _call(task)
    except (OperationalError, InterfaceError) as error:
        log.warning("Task %s met a database that was away", task.task_path, exc_info=True)
        _try_again(task, error)
    except Exception as error:
        log.exception("Task %s failed", task.task_path)
        task.set_failed(error)
    else:
        task.set_successful(value)
    finally:
        me().tasks.discard(task.pk)


def _call(task: DBTaskResult) -> object:
    wanted, result = task.task, task.task_result
    context = [TaskContext(task_result=cast("TaskResult[Any]", result))] if wanted.takes_context else []
    return wanted.call(*context, *result.args, **result.kwargs)


def _try_again(task: DBTaskResult, error: Exception) -> None:
    """Later, or never when that was the last try."""
    if len(task.worker_ids) >= TRIES:
        task.set_failed(error)
        return
    task.status = TaskResultStatus.READY
    if not isinstance(error, TaskGaveUp):  # at once, where only its worker died
        task.run_after = timezone.now() + timedelta(seconds=RETRY_SECONDS * len(task.worker_ids))
    task.save(update_fields=["status", "run_after"])
