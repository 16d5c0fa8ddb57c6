"""The row that all workers share about a channel: its pace, read and changed under its lock; and what people set."""

from collections.abc import Callable
from dataclasses import asdict, fields

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from ..models import ChannelState
from .pacing import Pace

FIELDS = [field.name for field in fields(Pace)]


def locked_pace(channel: str) -> Pace:
    """The channel's pace, held until the transaction ends. The row is made when it is first needed."""
    held = ChannelState.objects.select_for_update().filter(pk=channel).values(*FIELDS)
    found = held.first()
    if found is None:
        ChannelState.objects.bulk_create([ChannelState(channel=channel)], ignore_conflicts=True)
        found = held.get()
    return Pace(**found)


def store_pace(channel: str, pace: Pace) -> None:
    """Whoever calls this holds the row. What people set stays as they set it, and no history is written."""
    ChannelState.objects.filter(pk=channel).update(
        **{name: value for name, value in asdict(pace).items() if name not in ("per_second", "is_paused")}
    )


def change_pace(channel: str, change: Callable[[Pace], Pace]) -> None:
    """Where nothing would change, nobody waits: what others change at this moment comes after it."""
    found = ChannelState.objects.filter(pk=channel).values(*FIELDS).first()
    if found is not None and change(Pace(**found)) == Pace(**found):
        return
    with transaction.atomic():
        pace = locked_pace(channel)
        changed = change(pace)
        if changed != pace:
            store_pace(channel, changed)


def set_by_hand(channel: str, *, by: AbstractBaseUser, **values: bool | float | None) -> None:
    """`is_paused` and `per_second`, as a person wants them. Its history says who."""
    with transaction.atomic():
        locked_pace(channel)
        state = ChannelState.objects.get(pk=channel)
        for name, value in values.items():
            setattr(state, name, value)
        state._history_user = by  # type: ignore[attr-defined]  # simple_history's way to be told
        state.save(update_fields=list(values))


def try_now(channel: str) -> None:
    """Probe a provider that is left alone, at once."""
    ChannelState.objects.filter(pk=channel).exclude(closed_until=None).update(closed_until=timezone.now())
