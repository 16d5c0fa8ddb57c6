"""Which worker a thread is one of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Self:
    """This process, as a worker, and what it has in hand: ids of runs, and of tasks."""

    id: UUID
    runs: set[int] = field(default_factory=set)
    tasks: set[UUID] = field(default_factory=set)


class NoWorker(Exception):  # noqa: N818 (reads as what happened)
    """Tasks are done by a worker: see jobs.workers.at_work."""


_self: ContextVar[Self | None] = ContextVar("worker", default=None)


def current() -> Self | None:
    return _self.get()


def me() -> Self:
    """Raises NoWorker."""
    found = _self.get()
    if found is None:
        raise NoWorker
    return found


@contextmanager
def as_worker(worker: Self) -> Iterator[None]:
    """What this thread does meanwhile, it does as that worker."""
    token = _self.set(worker)
    try:
        yield
    finally:
        _self.reset(token)
