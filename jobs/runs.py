"""A job's run leaves a row, however it ends."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from . import workers
from .correlation import correlated
from .identity import Self, current
from .models import JobRun

log = logging.getLogger(__name__)

ERROR_LENGTH = 2000

_current: ContextVar[JobRun | None] = ContextVar("job_run", default=None)


@contextmanager
def job_run(name: str) -> Iterator[JobRun]:
    """A JobRun that runs meanwhile, and is done or failed afterwards. What came of it goes into its `counts`.

    Inside a run of the same name it is that one: a job's service leaves a row whether a command calls it or the worker.
    An error is written down, and goes on.
    """
    outer = _current.get()
    if outer is not None and outer.name == name:
        yield outer
        return
    with _as_some_worker(name) as me:
        run = JobRun.objects.create(name=name, worker_id=me.id, correlation_id=uuid4())
        with running(run, me):
            yield run


@contextmanager
def running(run: JobRun, me: Self) -> Iterator[None]:
    """The run, which has begun, until it ends."""
    me.runs.add(run.pk)
    token = _current.set(run)
    try:
        with correlated(run.correlation_id):
            try:
                yield
            except Exception as error:
                log.exception("Job %s failed", run.name)
                _finish(run, JobRun.Status.FAILED, error="".join(traceback.format_exception_only(error)).strip())
                raise
            except BaseException:  # the process is told to end
                _finish(run, JobRun.Status.CUT_OFF)
                raise
            _finish(run, JobRun.Status.DONE)
            log.info("Job %s is done: %s", run.name, run.counts)
    finally:
        _current.reset(token)
        me.runs.discard(run.pk)


@contextmanager
def _as_some_worker(name: str) -> Iterator[Self]:
    """A command is no worker: for its one job it is."""
    if (me := current()) is not None:
        yield me
        return
    with workers.at_work(name) as me:
        yield me


@transaction.atomic
def _finish(run: JobRun, status: JobRun.Status, *, error: str = "") -> None:
    run.status, run.error, run.finished_at = status, error[:ERROR_LENGTH], timezone.now()
    run.save(update_fields=["status", "error", "counts", "finished_at"])
