"""What the delivery process does in one round."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError

from . import bulk
from .delivery import deliver_queued
from .models import NudgeBatch

log = logging.getLogger(__name__)


def work(*, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Queue what is left of bulk nudges, a chunk of each, then deliver; how many things there were to do."""
    unfinished = NudgeBatch.objects.filter(started_at__isnull=False, finished_at=None).order_by("started_at")
    done = 0
    for batch_pk in unfinished.values_list("pk", flat=True):
        if should_stop():
            return done
        done += _queue_chunk(batch_pk)
    return done + deliver_queued(should_stop=should_stop)


def _queue_chunk(batch_pk: int) -> int:
    """1 when it went well. A bug in one bulk nudge must not hold up the others, nor what is queued already."""
    try:
        bulk.queue_chunk(batch_pk)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the others would not fare better
    except Exception:
        log.exception("Bulk nudge %s could not be queued", batch_pk)
        return 0
    return 1
