"""WhatsApp's own API in Meta's cloud: an approved template to write first, plain text within 24 hours of the learner's.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

import json
from typing import Any

from .base import ChannelError, Message, Receipt
from .conversation import TOTAL_SECONDS, Answer, post
from .http import storable_id
from .statuses import failure_of
from .whatsapp_errors import RETRYING_HELPS, code_of

PROVIDER = "whatsapp-cloud"


class WhatsAppCloudTransport:
    provider = PROVIDER
    recognises_id = False  # it hands `biz_opaque_callback_data` back in its reports, and does not compare it

    def __init__(self, *, url: str, token: str, phone_number_id: str, total_seconds: float = TOTAL_SECONDS) -> None:
        self.url = f"{url.rstrip('/')}/{phone_number_id}/messages"
        self.token = token
        self.total_seconds = total_seconds

    def send(self, message: Message) -> Receipt:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        content = json.dumps(payload(message), ensure_ascii=False).encode()
        answer = post(self.url, headers=headers, content=content, total_seconds=self.total_seconds)
        if failure := _failure_in(answer):
            raise failure
        messages = answer.read().get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        return Receipt(provider_message_id=storable_id(first.get("id") if isinstance(first, dict) else None))


def payload(message: Message) -> dict[str, Any]:
    envelope = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to.removeprefix("+"),
        "biz_opaque_callback_data": message.id,
    }
    if message.template is None:
        return {**envelope, "type": "text", "text": {"preview_url": False, "body": message.text}}
    template: dict[str, Any] = {
        "name": message.template.name,
        "language": {"code": message.template.language},
    }
    if message.template.variables:
        parameters = [{"type": "text", "text": _one_line(value)} for value in message.template.variables]
        template["components"] = [{"type": "body", "parameters": parameters}]
    return {**envelope, "type": "template", "template": template}


def _failure_in(answer: Answer) -> ChannelError | None:
    by_status = failure_of(answer.status, retry_after=answer.retry_after)
    if by_status is None or by_status.may_have_arrived:
        return by_status
    error = answer.read().get("error")
    number = error.get("code") if isinstance(error, dict) else None
    code = code_of(number) if isinstance(number, int) else ""
    if not code:
        return by_status
    return ChannelError(code, retrying_helps=code in RETRYING_HELPS, retry_after=answer.retry_after)


def _one_line(text: str) -> str:
    """A variable with a line break, a tab or four spaces is refused; an empty one too."""
    return " ".join(text.split()) or "–"
