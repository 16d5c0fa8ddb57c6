"""Nudges that whoever sent them did not live to finish: they may have arrived, or not."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from ..channels.base import Transport
from ..models import Attempt, Nudge
from ..states import State
from ..transitions import move_held

CUT_OFF = "Cut off while it was being sent."
AT_ONCE = 500


def it_arrived(nudge: Nudge, *, by: AbstractBaseUser) -> bool:
    """A person found out. False when it is not stuck any more."""
    return _settle(nudge, State.SENT, by=by)


def send_again(nudge: Nudge, *, by: AbstractBaseUser) -> bool:
    """A person found out that it did not arrive. False when it is not stuck any more."""
    return _settle(nudge, State.QUEUED, by=by)


def queue_again_what_is_recognised(channel: str, transport: Transport, *, now: datetime) -> int:
    """Of a provider that knows a message again by its id: there nothing can arrive twice."""
    if not transport.recognises_id or not Nudge.objects.stuck(now).filter(channel=channel).exists():
        return 0
    with transaction.atomic():
        held = (
            Nudge.objects.stuck(now).filter(channel=channel).select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]
        )
        nudges = list(held)
        _close_attempts(nudges, now=now)
        for nudge in nudges:
            nudge.state, nudge.reason, nudge.due_at = State.QUEUED, "provider_unclear", now
        if nudges:
            move_held(nudges, State.SENDING, fields=["due_at"])
    return len(nudges)


def _settle(nudge: Nudge, end: State, *, by: AbstractBaseUser) -> bool:
    now = timezone.now()
    with transaction.atomic():
        held = Nudge.objects.stuck(now).select_for_update(of=("self",)).filter(pk=nudge.pk).first()
        if held is None:
            return False
        held.state = end
        if end == State.SENT:
            held.sent_at = held.due_at  # when it was taken
        else:
            held.due_at = now
        _close_attempts([held], now=now)
        move_held([held], State.SENDING, fields=["due_at", "sent_at"], by=by)
    return True


def _close_attempts(nudges: list[Nudge], *, now: datetime) -> None:
    if nudges:
        Attempt.objects.filter(nudge__in=nudges, finished_at=None).update(
            finished_at=now, outcome=Attempt.Outcome.REFUSED, error=CUT_OFF
        )
