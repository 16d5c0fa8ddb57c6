"""What a learner writes back by WhatsApp or SMS: told by their number, and handed to who deals with answers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from learners.models import Learner

from ..answering.replies import receive_reply
from ..models import Nudge, ProviderReport
from .standing import Kind
from .words import kind_of


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """`phone` as we keep numbers: + and digits. `answers` is the provider's id of the message that is replied to."""

    provider: str
    channel: str
    provider_message_id: str
    phone: str
    text: str
    answers: str = ""
    is_stop: bool = False  # so says the provider, who has stopped already
    at: datetime


def receive(inbound: Inbound) -> bool:
    """False when it had come before. From a number that is nobody's, only the report is kept."""
    with transaction.atomic():
        report, is_new = ProviderReport.objects.get_or_create(
            provider=inbound.provider,
            key=f"{inbound.provider_message_id}:{Kind.INBOUND}"[:300],
            defaults={
                "kind": Kind.INBOUND,
                "provider_message_id": inbound.provider_message_id[:200],
                "at": inbound.at,
            },
        )
        if not is_new:
            return False
        nudge, learner = _who_writes(inbound)
        if learner is None:
            report.detail = f"{inbound.phone}: {inbound.text}"[:500]
            report.save(update_fields=["detail"])
            return True
        report.nudge = nudge
        report.save(update_fields=["nudge"])
        receive_reply(
            learner=learner,
            kind=kind_of(inbound.text, is_stop=inbound.is_stop),
            channel=inbound.channel,
            text=inbound.text,
            nudge=nudge,
            at=inbound.at,
            provider_message_id=inbound.provider_message_id[:200],
        )
    return True


def _who_writes(inbound: Inbound) -> tuple[Nudge | None, Learner | None]:
    """The nudge that is answered, and its learner: of several who share the number, the one last written to."""
    to_them = Nudge.objects.filter(
        channel=inbound.channel, learner__phone=inbound.phone, sent_at__isnull=False
    ).select_related("learner")
    nudge = None
    if inbound.answers:
        nudge = to_them.filter(
            attempts__provider=inbound.provider, attempts__provider_message_id=inbound.answers
        ).first()
    nudge = nudge or to_them.order_by("-sent_at", "-pk").first()
    if nudge is not None:
        return nudge, nudge.learner
    return None, Learner.objects.filter(phone=inbound.phone).order_by("pk").first()
