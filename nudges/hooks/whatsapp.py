"""What WhatsApp's Cloud API tells: reports on messages, and messages of learners.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from learners.channels import Channel

from ..channels.whatsapp_cloud import PROVIDER
from ..channels.whatsapp_errors import code_of
from .inbound import Inbound
from .standing import Kind, Report
from .unreadable import Unreadable

STATUSES = {"sent": Kind.SENT, "delivered": Kind.DELIVERED, "read": Kind.READ, "failed": Kind.UNDELIVERED}
FAILURES = {"bad_address": Kind.BOUNCED, "unsubscribed": Kind.OPTED_OUT}


@dataclass
class Found:
    reports: list[Report] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)


def read(body: bytes, *, phone_number_id: str) -> Found:
    """What one call holds that is about our number. Raises Unreadable."""
    found = Found()
    try:
        for value in _values(json.loads(body)):
            if value.get("metadata", {}).get("phone_number_id", phone_number_id) != phone_number_id:
                continue
            found.reports += [_report(status) for status in value.get("statuses", [])]
            found.inbound += [_inbound(message) for message in value.get("messages", []) if "from" in message]
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(repr(error)[:200]) from error
    return found


def _values(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in told["entry"]:
        for change in entry["changes"]:
            if change.get("field") == "messages":
                yield change["value"]


def _report(status: dict[str, Any]) -> Report:
    said = str(status["status"])
    errors = status.get("errors") or []
    number = errors[0].get("code") if errors else None
    kind = STATUSES.get(said, Kind.OTHER)
    if kind == Kind.UNDELIVERED and isinstance(number, int):
        kind = FAILURES.get(code_of(number), kind)
    return Report(
        provider=PROVIDER,
        key=f"{status['id']}:{said}",
        kind=kind,
        provider_message_id=str(status["id"]),
        nudge=str(status.get("biz_opaque_callback_data") or ""),
        address=_phone(status.get("recipient_id", "")),
        detail=" ".join(f"{error.get('code')} {error.get('title', '')}".strip() for error in errors),
        at=_time(status["timestamp"]),
    )


def _inbound(message: dict[str, Any]) -> Inbound:
    return Inbound(
        provider=PROVIDER,
        channel=Channel.WHATSAPP,
        provider_message_id=str(message["id"]),
        phone=_phone(message["from"]),
        text=_text(message),
        answers=str(message.get("context", {}).get("id") or ""),
        at=_time(message["timestamp"]),
    )


def _text(message: dict[str, Any]) -> str:
    """What was written, the button that was pressed, or what came instead, so that a person looks at it there."""
    kind = str(message.get("type", ""))
    match kind:
        case "text":
            return str(message["text"]["body"])
        case "button":
            return str(message["button"]["text"])
        case "interactive":
            chosen = message["interactive"]
            return str(chosen.get(chosen.get("type"), {}).get("title", ""))
    caption = message.get(kind, {}).get("caption", "") if isinstance(message.get(kind), dict) else ""
    return f"[{kind}] {caption}".strip()


def _phone(digits: str) -> str:
    return f"+{str(digits).removeprefix('+')}" if digits else ""


def _time(seconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)
