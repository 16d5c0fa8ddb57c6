"""The processes that do jobs: that they live, and what becomes of the work of those that died."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.utils import timezone

from . import queueing
from .identity import Self, as_worker
from .models import JobRun, Worker
from .rules import is_dead

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
SETTLED_AFTER = timedelta(seconds=30)  # a row is a moment older, or younger, than what is noted here about it
_PROCESS_STARTED_AT = timezone.now()


@contextmanager
def at_work(roles: str) -> Iterator[Self]:
    """This process is a worker meanwhile, and says so every few seconds."""
    now = timezone.now()
    bury_the_dead(now)
    row = Worker.objects.create(host=socket.gethostname(), pid=os.getpid(), roles=roles, started_at=now, seen_at=now)
    me = Self(row.pk)
    stop = threading.Event()
    heart = threading.Thread(target=_beat_until, args=(stop, row, me), name="heart", daemon=True)
    heart.start()
    try:
        with as_worker(me):
            yield me
    finally:
        stop.set()
        heart.join()
        try:
            Worker.objects.filter(pk=row.pk).delete()
        except (DatabaseError, InterfaceError) as error:
            log.warning("The database did not hear that this worker ends: %s", error)


def bury_the_dead(now: datetime) -> int:
    """Mark the runs of dead workers as cut off, and give their tasks back; how many workers were dead."""
    return sum(_bury(worker, now) for worker in dead_workers(now))


def dead_workers(now: datetime) -> list[Worker]:
    return [
        worker
        for worker in Worker.objects.all()
        if is_dead(silent_for=now - worker.seen_at, is_there=_is_there(worker))
    ]


def beat(row: Worker, me: Self) -> None:
    """Say that this worker lives, and look after those that died.

    What is noted as in its hands and is not, it gives up: the database was away just as that ended.
    """
    now = timezone.now()
    with transaction.atomic():
        if not Worker.objects.filter(pk=row.pk).update(seen_at=now):  # taken for dead: it was held up for long
            row.seen_at = now
            row.save(force_insert=True)
        _cut_off(me.id, now, but=me.runs)
        queueing.give_back(me.id, but=me.tasks, started_before=now - SETTLED_AFTER)
    bury_the_dead(now)


def _beat_until(stop: threading.Event, row: Worker, me: Self) -> None:
    try:
        while not stop.wait(BEAT_SECONDS):
            close_old_connections()
            try:
                beat(row, me)
            except (DatabaseError, InterfaceError) as error:
                log.warning("The database did not hear that this worker lives: %s", error)
                connection.close()
    finally:
        connection.close()


@transaction.atomic
def _bury(worker: Worker, now: datetime) -> int:
    if not Worker.objects.filter(pk=worker.pk, seen_at=worker.seen_at).delete()[0]:
        return 0  # it lives after all, or somebody else was faster
    _cut_off(worker.pk, now)
    queueing.give_back(worker.pk)
    log.error("Worker %s (%s) died: what it had in hand is done again", worker, worker.roles)
    return 1


def _cut_off(worker_id: UUID, now: datetime, *, but: set[int] | None = None) -> None:
    runs = JobRun.objects.filter(worker_id=worker_id, status=JobRun.Status.RUNNING)
    if but is not None:
        runs = runs.filter(started_at__lt=now - SETTLED_AFTER).exclude(pk__in=list(but))
    runs.update(status=JobRun.Status.CUT_OFF, finished_at=now)


def _is_there(worker: Worker) -> bool | None:
    if worker.host != socket.gethostname():
        return None
    if worker.pid == os.getpid():  # in a container that was started again, everybody is process 1
        return worker.started_at >= _PROCESS_STARTED_AT
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
