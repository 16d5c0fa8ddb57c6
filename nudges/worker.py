"""What the delivery process does in one round."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from . import batches
from .delivery import deliver_due

log = logging.getLogger(__name__)


def work(*, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Bring the batches on, then deliver what is due; how many things there were to do."""
    return _bring_batches_on() + deliver_due(should_stop=should_stop)


def _bring_batches_on() -> int:
    """A bug there must not hold up what is queued already."""
    try:
        return batches.advance(timezone.now())
    except (OperationalError, InterfaceError):
        raise  # the database is away: delivery would not fare better
    except Exception:
        log.exception("The bulk nudges could not be brought on")
        return 0
