"""A provider that takes messages over HTTP: SMS and WhatsApp gateways, or a small bridge in front of one.

POST <url>   {"to": "+8801712345678", "text": "…", "id": "<our id>"}
Authorization: Bearer <token>      Idempotency-Key: <our id>     (without a token, no Authorization)
2xx          {"id": "<theirs>"}    anything else: not taken
"""

import json
import ssl
import time
from functools import lru_cache

import httpx2

from .base import ChannelError, Message, Receipt

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MAX_REPLY_BYTES = 64 * 1024


class HttpTransport:
    recognises_id = False

    def __init__(self, *, provider: str, url: str, token: str, total_seconds: float = TOTAL_SECONDS) -> None:
        self.provider = provider
        self.url = url
        self.token = token
        self.total_seconds = total_seconds

    def send(self, message: Message) -> Receipt:
        try:
            status, body = self._post(message)
        except httpx2.TimeoutException as error:
            raise ChannelError("provider_timeout", retrying_helps=True) from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise ChannelError("provider_unreachable", retrying_helps=True) from error
        if status == 429 or status >= 500:
            raise ChannelError("provider_busy", retrying_helps=True)
        if not 200 <= status < 300:
            raise ChannelError("refused", retrying_helps=False)
        return Receipt(provider_message_id=_their_id(body))

    def _post(self, message: Message) -> tuple[int, bytes]:
        """Status and body, within the total time: the client's own limit starts anew with every byte that drips in."""
        started = time.monotonic()
        body = b""
        with httpx2.stream(
            "POST",
            self.url,
            json={"to": message.to, "text": message.text, "id": message.id},
            headers=self._headers(message),
            verify=_trusted_roots(),
            timeout=httpx2.Timeout(self.total_seconds, connect=min(CONNECT_SECONDS, self.total_seconds)),
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if time.monotonic() - started > self.total_seconds:
                    raise httpx2.ReadTimeout("The reply drips.")
                if len(body) > MAX_REPLY_BYTES:
                    break  # longer than any receipt: what came so far decides
        return response.status_code, body

    def _headers(self, message: Message) -> dict[str, str]:
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Idempotency-Key": message.id, **authorization}


@lru_cache(maxsize=1)
def _trusted_roots() -> ssl.SSLContext:
    """Read once: reading them takes longer than all else that is done here to send a message."""
    return httpx2.create_ssl_context()


def _their_id(body: bytes) -> str:
    """The provider's id. Without one nobody knows whether the message went: sending it again could say it twice."""
    try:
        reply = json.loads(body)
    except ValueError:
        reply = None
    their_id = reply.get("id") if isinstance(reply, dict) else None
    if isinstance(their_id, str | int) and not isinstance(their_id, bool):
        # only what a database stores on every day: a JSON text may hold NUL and half characters
        printable = "".join(char for char in str(their_id) if char.isprintable()).strip()
        if printable:
            return printable[:200]
    raise ChannelError("provider_unclear", retrying_helps=False)
