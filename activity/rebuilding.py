"""What follows from the record, made again: after a mended bug, or to see that it comes out the same."""

from collections.abc import Callable

from django.db import transaction

from .changes import announce_facts
from .facts import services
from .folding import fold, fold_again
from .models import NameChange, Statement

CHUNK = 10_000  # statements that wait at once


def rebuild_events(*, on_progress: Callable[[int], None]) -> int:
    """Read every statement again, and ask again which learners their actors are. Returns how many statements it read.

    Events that come out as they were are left alone, so this may be broken off, and done while statements come in.
    `on_progress` hears how many were read so far.
    """
    NameChange.objects.create(learner=None)
    read, after = 0, -1
    while positions := _positions_after(after):
        fold_again(positions)
        while fold():
            """Until none waits."""
        read, after = read + len(positions), positions[-1]
        on_progress(read)
    return read


@transaction.atomic
def rebuild_facts() -> int:
    """Make everybody's facts again from the events. Returns how many learners' inputs that changed."""
    changed = services.rebuild(None)
    announce_facts(changed)
    return len(changed)


def _positions_after(after: int) -> list[int]:
    later = Statement.objects.filter(position__gt=after).order_by("position")
    return list(later.values_list("position", flat=True)[:CHUNK])
