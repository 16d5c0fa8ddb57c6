"""Takes nudges that are due, in one short transaction: afterwards they are in SENDING, each with its attempt saved.

In this order: the channel's row, then nudges and learners, of which those that others hold are passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .. import gate
from ..channels.base import Message, Transport
from ..models import Attempt, Nudge, NudgeEvent
from ..row_updates import update_rows
from ..states import UNSURE, State
from ..transitions import move_held
from .channel_states import locked_pace, store_pace
from .deciding import Stays, Verdict, Waits, verdicts
from .messages import Ready
from .pacing import Why, room, taken
from .waiting import hold_due


@dataclass(frozen=True)
class Departure:
    """A message that is ours alone to hand over, and must be handed over once."""

    nudge_id: int
    learner_id: int
    correlation_id: str
    attempt_id: int
    channel: str
    tries: int  # with this one
    claimed_at: datetime
    message: Message
    is_probe: bool = False


@dataclass(frozen=True)
class Claim:
    """What was taken, of how many that were looked at; and when it is worth while to come back, if that is known."""

    departures: list[Departure] = field(default_factory=list)
    looked_at: int = 0
    why: Why | None = None
    until: datetime | None = None


def claim(channel: str, transport: Transport, *, limit: int, only: int | None = None) -> Claim:
    """Take up to so many nudges of a channel; `only` names one. A fixed number of statements."""
    now = timezone.now()
    with transaction.atomic():
        pace = locked_pace(channel)
        space = room(pace, wanted=limit, now=now)
        nudges = hold_due(channel, limit=space.count, now=now, only=only) if space.count else []
        if not nudges:
            return Claim(why=space.why, until=space.until)
        gate.lock(nudge.learner_id for nudge in nudges)  # held already; whoever reads this need not know that
        decided = verdicts(nudges, channel=channel, now=now)
        departures = _depart(
            nudges, decided, channel=channel, provider=transport.provider, now=now, probe=space.is_probe
        )
        _keep_back(nudges, decided)
        paced = taken(pace, len(departures), now=now)
        if paced != pace:
            store_pace(channel, paced)
    return Claim(departures, len(nudges), space.why, space.until)


def _depart(
    nudges: Sequence[Nudge],
    decided: dict[int, Verdict],
    *,
    channel: str,
    provider: str,
    now: datetime,
    probe: bool,
) -> list[Departure]:
    leaving: list[tuple[Nudge, Message]] = []
    for nudge in nudges:
        verdict = decided.get(nudge.pk)
        if isinstance(verdict, Ready):
            nudge.state, nudge.reason = State.SENDING, ""
            nudge.subject, nudge.content = verdict.subject, verdict.content
            nudge.due_at, nudge.tries = now, nudge.tries + 1
            leaving.append((nudge, verdict.message))
    if not leaving:
        return []
    move_held([nudge for nudge, _ in leaving], State.QUEUED, fields=["subject", "content", "due_at", "tries"])
    attempts = Attempt.objects.bulk_create(Attempt(nudge=nudge, provider=provider) for nudge, _ in leaving)
    return [
        Departure(
            nudge_id=nudge.pk,
            learner_id=nudge.learner_id,
            correlation_id=str(nudge.correlation_id),
            attempt_id=attempt.pk,
            channel=channel,
            tries=nudge.tries,
            claimed_at=now,
            message=message,
            is_probe=probe,
        )
        for (nudge, message), attempt in zip(leaving, attempts, strict=True)
    ]


def _keep_back(nudges: Sequence[Nudge], decided: dict[int, Verdict]) -> None:
    """What waits is queued for later, and what stays ends here with its reason."""
    waiting, staying = [], []
    for nudge in nudges:
        verdict = decided.get(nudge.pk)
        if isinstance(verdict, Waits):
            nudge.due_at = verdict.until
            waiting.append((nudge, verdict.code))
        elif isinstance(verdict, Stays):
            if nudge.reason in UNSURE:  # an earlier try may have arrived: nobody can say that it was not sent
                nudge.state = State.FAILED
            else:
                nudge.state, nudge.reason = State.SUPPRESSED, verdict.code
            staying.append(nudge)
    if waiting:
        update_rows([nudge for nudge, _ in waiting], ["due_at"])
        NudgeEvent.objects.bulk_create(
            NudgeEvent(nudge=nudge, state=State.QUEUED, reason=code) for nudge, code in waiting
        )
    if staying:
        move_held(staying, State.QUEUED)
