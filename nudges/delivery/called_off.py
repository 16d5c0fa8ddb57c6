"""What came back to the queue of a batch that was cancelled meanwhile."""

from django.db import transaction

from ..models import Nudge, NudgeBatch
from ..states import State
from ..transitions import move_held

AT_ONCE = 500


def cancel_what_came_back() -> int:
    """Batches cancel what waits; a nudge that was being sent, and could not be, is queued again after that."""
    called_off = NudgeBatch.objects.filter(status=NudgeBatch.Status.CANCELLED)
    found = Nudge.objects.filter(state=State.QUEUED, batch__in=called_off)
    if not found.exists():
        return 0
    with transaction.atomic():
        nudges = list(found.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
        for nudge in nudges:
            nudge.state = State.CANCELLED
        if nudges:
            move_held(nudges, State.QUEUED)
    return len(nudges)
