"""Hand queued nudges over to their channels: at most once each, whatever crashes when.

A nudge is claimed by a conditional update and its attempt saved, both committed, before the channel is called; the
outcome is written after. One that was cut off in between stays in SENDING for a person to look at: it may have
arrived, so it is never sent again blindly.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from learners.channels import address_on
from learners.models import Learner

from . import gate
from .channels.base import ChannelError, Message, Receipt, Transport, transport_for
from .models import Attempt, Nudge
from .states import State
from .transitions import move

log = logging.getLogger(__name__)


def deliver_queued(*, limit: int = 100, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver the nudges that wait, oldest first; how many were looked at. Stops between two when told to."""
    looked_at = 0
    for nudge in Nudge.objects.waiting()[:limit]:
        if should_stop():
            break
        try:
            deliver(nudge)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the others would not fare better
        except Exception:
            # A bug. It must not hold up the other learners' nudges; this one stays where it is, for a person to see.
            log.exception("Nudge %s could not be delivered", nudge.uuid)
        looked_at += 1
    return looked_at


def deliver(nudge: Nudge) -> Nudge:
    """Send one queued nudge, unless somebody else does; the nudge as it then is."""
    transport = transport_for(nudge.channel)
    attempt = _claim(nudge, transport)
    if attempt is not None:
        _send(attempt, transport)
    nudge.refresh_from_db()
    return nudge


def _claim(nudge: Nudge, transport: Transport) -> Attempt | None:
    """Take the nudge for ourselves. None when it is not queued any more, or must not be sent after all."""
    now = timezone.now()
    with transaction.atomic():
        gate.lock([nudge.learner_id])
        purpose = gate.Purpose(goal=nudge.goal, is_approved=True)
        decision = gate.decide_for(
            [nudge.learner_id], channel=nudge.channel, now=now, purpose=purpose, leaving=[nudge.pk]
        )[nudge.learner_id]
        if decision.may_wait:
            Nudge.objects.filter(pk=nudge.pk, state=State.QUEUED).update(due_at=decision.until)
            return None
        if not decision.go:
            move(nudge.pk, State.QUEUED, State.SUPPRESSED, reason=decision.code)
            return None
        if not move(nudge.pk, State.QUEUED, State.SENDING):
            return None
        return Attempt.objects.create(nudge=nudge, provider=transport.provider)


def _send(attempt: Attempt, transport: Transport) -> None:
    nudge = Nudge.objects.select_related("learner__owner").get(pk=attempt.nudge_id)
    try:
        receipt = transport.send(_message(nudge))
    except ChannelError as error:
        log.warning("Nudge %s was not taken by %s: %s", nudge.uuid, attempt.provider, error.code)
        _record_failure(attempt, error)
    else:
        _record_success(attempt, nudge, receipt)


def _message(nudge: Nudge) -> Message:
    learner, owner = nudge.learner, nudge.learner.owner
    return Message(
        id=str(nudge.uuid),
        to=address_on(nudge.channel, email=learner.email, phone=learner.phone),
        text=nudge.content,
        subject=nudge.subject,
        sender_name=owner.get_full_name() if owner else "",
        reply_to=owner.email if owner else "",
    )


def _record_success(attempt: Attempt, nudge: Nudge, receipt: Receipt) -> None:
    now = timezone.now()
    with transaction.atomic():
        _finish(attempt, outcome=Attempt.Outcome.ACCEPTED, provider_message_id=receipt.provider_message_id)
        move(nudge.pk, State.SENDING, State.DELIVERED if receipt.is_delivered else State.SENT, sent_at=now)
        Learner.objects.filter(pk=nudge.learner_id).update(last_contacted_at=now, last_contact_channel=nudge.channel)


def _record_failure(attempt: Attempt, error: ChannelError) -> None:
    with transaction.atomic():
        _finish(
            attempt,
            outcome=Attempt.Outcome.REFUSED,
            error=str(error)[:500],
            retrying_helps=error.retrying_helps,
        )
        move(attempt.nudge_id, State.SENDING, State.FAILED, reason=error.code)


def _finish(attempt: Attempt, **outcome: str | bool) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(finished_at=timezone.now(), **outcome)
