"""What an email service reports, as django-anymail reads and proves it."""

import warnings
from datetime import UTC
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from .bounces import is_lasting
from .standing import Kind, Report
from .unreadable import Unreadable

KINDS = {
    EventType.QUEUED: Kind.ACCEPTED,
    EventType.SENT: Kind.SENT,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.FAILED: Kind.UNDELIVERED,
    EventType.OPENED: Kind.OPENED,
    EventType.CLICKED: Kind.CLICKED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
# Of those that did not arrive: what the service says is why.
REFUSALS = {
    RejectReason.BOUNCED: Kind.BOUNCED,
    RejectReason.INVALID: Kind.BOUNCED,
    RejectReason.SPAM: Kind.OPTED_OUT,  # held back, as the learner once called another letter spam
    RejectReason.UNSUBSCRIBED: Kind.OPTED_OUT,
}
# What anymail raises over a body that is none of the service's reports on messages.
UNREADABLE = (
    AnymailConfigurationError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read(request: HttpRequest, esp: str) -> list[Report] | None:
    """None when it is not the service that calls. Raises Unreadable."""
    view = _view_of(esp)
    if view is None:
        return None
    view.setup(request)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        return None
    except UNREADABLE as error:  # not even the signature
        raise Unreadable(repr(error)[:200]) from error
    try:
        events = view.parse_events(request)
        return [_report(event, esp) for event in events if isinstance(event, AnymailTrackingEvent)]
    except UNREADABLE as error:
        raise Unreadable(repr(error)[:200]) from error


def _view_of(esp: str) -> AnymailBaseWebhookView | None:
    """Nobody's calls are believed before there is something to prove them by: see engagement/email_services.py."""
    if not settings.EMAIL_ESP_REPORTS:
        return None
    with warnings.catch_warnings():  # it warns of a service each time that it is no more tested against
        warnings.simplefilter("ignore")
        view: AnymailBaseWebhookView = import_string(settings.EMAIL_ESP_REPORTS)()
    return view


def _report(event: AnymailTrackingEvent, esp: str) -> Report:
    kind = _kind_of(event, esp)
    at = event.timestamp or timezone.now()
    their_id = str(event.message_id or "")
    # Not the service's id of the event alone: some give it anew when they tell the same again.
    told = (
        f"{their_id}:{event.recipient or ''}:{event.timestamp}" if event.timestamp else str(event.event_id or their_id)
    )
    metadata: dict[str, Any] = event.metadata if isinstance(event.metadata, dict) else {}
    return Report(
        provider=esp,
        key=f"{kind}:{told}",
        kind=kind,
        provider_message_id=their_id,
        nudge=str(metadata.get("nudge") or ""),
        address=str(event.recipient or ""),
        detail=" ".join(str(part) for part in (event.reject_reason, event.description, event.mta_response) if part),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
    )


def _kind_of(event: AnymailTrackingEvent, esp: str) -> Kind:
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return KINDS.get(event.event_type, Kind.OTHER)
    kind = REFUSALS.get(event.reject_reason, Kind.UNDELIVERED)
    lasts = is_lasting(esp, event.esp_event)
    if kind == Kind.OPTED_OUT or lasts is None:
        return kind
    return Kind.BOUNCED if lasts else Kind.UNDELIVERED
