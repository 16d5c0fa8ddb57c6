"""What the delivery process does in one round."""

from collections.abc import Callable

from . import bulk
from .delivery import deliver_queued
from .models import NudgeBatch


def work(*, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Queue what is left of bulk nudges, a chunk of each, then deliver; how many things there were to do."""
    unfinished = NudgeBatch.objects.filter(started_at__isnull=False, finished_at=None).order_by("started_at")
    done = 0
    for batch_pk in unfinished.values_list("pk", flat=True):
        if should_stop():
            return done
        bulk.queue_chunk(batch_pk)
        done += 1
    return done + deliver_queued(should_stop=should_stop)
