"""The addresses in a message: one token names the nudge, and proves that it was we who wrote it."""

import base64
import hmac
from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

STAND_IN = "token"  # in a path, for a token
PAGES = ("answer", "go", "seen", "stop")
SIGNATURE_BYTES = 12  # 96 bits: short enough for a text message, too many to guess


def token_of(nudge_uuid: UUID) -> str:
    """38 characters that are safe in an address."""
    return _text(nudge_uuid.bytes + _signature(nudge_uuid.bytes))


def uuid_of(token: str) -> UUID | None:
    """The nudge's uuid; None for a token that we did not write."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + SIGNATURE_BYTES or _text(raw) != token:
        return None
    return UUID(bytes=raw[:16]) if hmac.compare_digest(raw[16:], _signature(raw[:16])) else None


def url_of(nudge_uuid: UUID, page: str = "answer") -> str:
    """The whole address of a page about one message: one of PAGES."""
    return settings.SITE_URL + _path_of(page).replace(STAND_IN, token_of(nudge_uuid))


def prepare() -> None:
    """Look the paths up: the first time loads every page of the site, for which no transaction should wait."""
    for page in PAGES:
        _path_of(page)


@cache
def _path_of(page: str) -> str:
    """Looked up once: that takes longer than all else here, and a message has four addresses."""
    return reverse(f"nudges:message_{page}", args=[STAND_IN])


def _signature(raw: bytes) -> bytes:
    return salted_hmac("nudges.links", raw, algorithm="sha256").digest()[:SIGNATURE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
