"""The one way in which a nudge changes its state: claimed by a conditional update, and written down."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from .models import Nudge, NudgeEvent
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
