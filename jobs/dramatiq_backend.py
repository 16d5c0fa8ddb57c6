"""The same tasks on Dramatiq and Redis, for many machines: TASK_QUEUE=redis.

A task is enqueued when the transaction commits. Dramatiq gives the tasks of a worker that died to another after a
minute, and tries what failed again; what has failed for good is in the log.
"""

import threading
from functools import cache
from typing import Any

import dramatiq
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware, Retries

from .identity import NoWorker, Self, as_worker, me

QUEUE = "tasks"
RETRIES = 3
MAINTENANCE_CHANCE = 100_000  # of a million commands: what the dead had in hand is looked for every few seconds


class DramatiqBackend(BaseTaskBackend):
    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        actor = actor_of(settings.REDIS_URL)
        message = actor.message(task.module_path, list(args), dict(kwargs))
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=message.message_id,
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        transaction.on_commit(lambda: actor.broker.enqueue(message))
        return result


class _InWorker(Middleware):
    """Dramatiq's threads do tasks as the worker that started them, on connections that stand."""

    def __init__(self) -> None:
        self.worker: Self | None = None

    def before_process_message(self, broker: Any, message: Any) -> None:
        close_old_connections()

    def after_process_message(self, broker: Any, message: Any, *, result: Any = None, exception: Any = None) -> None:
        close_old_connections()

    def before_worker_thread_shutdown(self, broker: Any, thread: Any) -> None:
        connection.close()


@cache
def actor_of(url: str) -> "dramatiq.Actor[..., None]":
    """The one actor, which does any task, on that Redis."""
    in_worker = _InWorker()
    broker = RedisBroker(
        url=url,
        namespace="engage-tasks",
        middleware=[Retries(max_retries=RETRIES), in_worker],
        maintenance_chance=MAINTENANCE_CHANCE,
    )

    def do_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        if in_worker.worker is None:
            raise NoWorker
        with as_worker(in_worker.worker):
            import_string(path).call(*args, **kwargs)

    return dramatiq.actor(broker=broker, queue_name=QUEUE)(do_task)


def do_tasks_until(stop: threading.Event, *, threads: int) -> None:
    """Do tasks until `stop` is set, which ends this after what is being done."""
    broker = actor_of(settings.REDIS_URL).broker
    next(each for each in broker.middleware if isinstance(each, _InWorker)).worker = me()
    worker = dramatiq.Worker(broker, worker_threads=threads)
    worker.start()
    stop.wait()
    worker.stop(timeout=24 * 3600 * 1000)
