"""What Twilio tells: how a message got on, and what a learner wrote.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from collections.abc import Mapping

from django.utils import timezone

from learners.channels import Channel

from ..channels.twilio import PROVIDER
from ..channels.twilio_errors import code_of
from .inbound import Inbound
from .standing import Kind, Report
from .unreadable import Unreadable

STATUSES = {
    "accepted": Kind.ACCEPTED,
    "scheduled": Kind.ACCEPTED,
    "queued": Kind.ACCEPTED,
    "sending": Kind.ACCEPTED,
    "sent": Kind.SENT,
    "delivered": Kind.DELIVERED,
    "read": Kind.READ,
    "undelivered": Kind.UNDELIVERED,
    "failed": Kind.UNDELIVERED,
}
FAILURES = {"bad_address": Kind.BOUNCED, "unsubscribed": Kind.OPTED_OUT}


def read_status(form: Mapping[str, str], *, nudge: str) -> Report:
    """Raises Unreadable."""
    sid, said = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not sid or not said:
        raise Unreadable("MessageSid or MessageStatus is missing.")
    number = form.get("ErrorCode", "")
    kind = STATUSES.get(said, Kind.OTHER)
    if kind == Kind.UNDELIVERED and number.isdecimal():
        kind = FAILURES.get(code_of(int(number)), kind)
    return Report(
        provider=PROVIDER,
        key=f"{sid}:{said}",
        kind=kind,
        provider_message_id=sid,
        nudge=nudge,
        address=form.get("To", ""),
        detail=number,
        at=timezone.now(),
    )


def read_inbound(form: Mapping[str, str]) -> Inbound:
    """Raises Unreadable."""
    sid, phone = form.get("MessageSid", ""), form.get("From", "")
    if not sid or not phone:
        raise Unreadable("MessageSid or From is missing.")
    return Inbound(
        provider=PROVIDER,
        channel=Channel.SMS,
        provider_message_id=sid,
        phone=phone,
        text=form.get("Body", ""),
        is_stop=form.get("OptOutType") == "STOP",
        at=timezone.now(),
    )
