"""A provider that takes messages over HTTP: SMS and WhatsApp gateways, or a small bridge in front of one.

POST <url>   {"to": "+8801712345678", "text": "…", "id": "<our id>"}
Authorization: Bearer <token>      Idempotency-Key: <our id>     (without a token, no Authorization)
2xx          {"id": "<theirs>"}    else: see statuses.py

To write first on WhatsApp the body has {"template": {"name", "language", "variables": […]}} as well.
"""

import json
from typing import Any

from .base import ChannelError, Message, Receipt
from .conversation import TOTAL_SECONDS, post
from .statuses import failure_of


class HttpTransport:
    def __init__(
        self,
        *,
        provider: str,
        url: str,
        token: str,
        recognises_id: bool = False,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self.provider = provider
        self.url = url
        self.token = token
        self.recognises_id = recognises_id
        self.total_seconds = total_seconds

    def send(self, message: Message) -> Receipt:
        answer = post(
            self.url, headers=self._headers(message), content=_body(message), total_seconds=self.total_seconds
        )
        if failure := failure_of(answer.status, retry_after=answer.retry_after):
            raise failure
        return Receipt(provider_message_id=storable_id(answer.read().get("id")))

    def _headers(self, message: Message) -> dict[str, str]:
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Content-Type": "application/json", "Idempotency-Key": message.id, **authorization}


def _body(message: Message) -> bytes:
    body: dict[str, Any] = {"to": message.to, "text": message.text, "id": message.id}
    if message.template:
        body["template"] = {
            "name": message.template.name,
            "language": message.template.language,
            "variables": list(message.template.variables),
        }
    return json.dumps(body, ensure_ascii=False).encode()


def storable_id(their_id: Any) -> str:
    """The provider's id. Without one nobody knows whether the message went: sending it again could say it twice."""
    if isinstance(their_id, str | int) and not isinstance(their_id, bool):
        # only what a database stores on every day: a JSON text may hold NUL and half characters
        printable = "".join(char for char in str(their_id) if char.isprintable()).strip()
        if printable:
            return printable[:200]
    raise ChannelError("provider_unclear", retrying_helps=False, may_have_arrived=True)
