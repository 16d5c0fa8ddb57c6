"""What follows here when learners change, and how the apps above hear that facts changed learners."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.contrib.auth.models import User

from learners.changes import announce
from learners.models import Learner
from learners.querysets import LearnerQuerySet

from .actors import rematch
from .facts.services import reapply

MANY = 10_000

_by_facts: ContextVar[bool] = ContextVar("by_facts", default=False)


def follow_learners(learners: LearnerQuerySet, *, as_of: date, trigger: str | None, started_by: User | None) -> None:
    """The receiver for learners/changes.py: statements go to whom their names say, and facts win over imported values.

    Goes first: who scores learners has to see them as the facts have left them.
    """
    if not _by_facts.get():
        rematch(learners)
        reapply(learners)


def announce_facts(learner_ids: Collection[int]) -> None:
    """Tell the apps above that facts changed these learners' inputs: nothing follows from that here.

    Of very many it says that everybody may have changed, which is told more quickly than who.
    """
    if not learner_ids:
        return
    with _changed_by_facts():
        if len(learner_ids) > MANY:
            announce(Learner.objects.all(), trigger="facts")
        else:
            announce(Learner.objects.filter(pk__in=learner_ids))


@contextmanager
def _changed_by_facts() -> Iterator[None]:
    token = _by_facts.set(True)
    try:
        yield
    finally:
        _by_facts.reset(token)
