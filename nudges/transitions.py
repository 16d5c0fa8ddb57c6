"""The one way in which a nudge changes its state: claimed by a conditional update, and written down."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from .models import Nudge, NudgeEvent
from .row_updates import update_rows
from .states import NEXT, State


def move(
    nudge_id: int, begin: State, end: State, *, reason: str = "", by: AbstractBaseUser | None = None, **fields: Any
) -> bool:
    """Move a nudge from one state to the next, with what else changes then, and record the event.

    False when it is not (or no longer) in `begin`: somebody else was faster, and nothing was written.
    """
    if end not in NEXT[begin]:
        raise ValueError(f"A nudge does not go from {begin} to {end}.")
    with transaction.atomic():
        moved = Nudge.objects.filter(pk=nudge_id, state=begin).update(state=end, reason=reason, **fields)
        if moved:
            NudgeEvent.objects.create(nudge_id=nudge_id, state=end, reason=reason, by_id=by.pk if by else None)
    return bool(moved)


def move_held(
    nudges: Sequence[Nudge], begin: State, *, fields: Sequence[str] = (), by: AbstractBaseUser | None = None
) -> None:
    """Move nudges whose rows this transaction holds, from `begin` to the state and reason that each of them carries.

    `fields` names what else they carry. A fixed number of statements. Raises RuntimeError, and moves none, when one of
    them is not in `begin`: then its row was not held.
    """
    for nudge in nudges:
        if State(nudge.state) not in NEXT[begin]:
            raise ValueError(f"A nudge does not go from {begin} to {nudge.state}.")
    with transaction.atomic(savepoint=False):
        moved = update_rows(nudges, ["state", "reason", *fields], state=begin)
        if moved != len(nudges):
            raise RuntimeError(f"Of {len(nudges)} nudges {moved} were {begin}.")
        NudgeEvent.objects.bulk_create(
            NudgeEvent(nudge=nudge, state=nudge.state, reason=nudge.reason, by_id=by.pk if by else None)
            for nudge in nudges
        )
