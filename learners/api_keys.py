"""Keys for integrations: shown once, kept only as a SHA-256, which a 256-bit secret makes safe without slow hashing."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from .models import ApiKey

USE_IS_NOTED_EVERY = timedelta(minutes=1)  # a write for each request would cost more than the request


def create_key(*, name: str, can_write: bool, by: User | None) -> tuple[ApiKey, str]:
    """A new key, and its token `eng_<prefix>_<secret>`, which nobody can show again."""
    prefix = secrets.token_hex(4)
    token = f"eng_{prefix}_{secrets.token_urlsafe(32)}"
    return ApiKey.objects.create(
        name=name, prefix=prefix, digest=_digest(token), can_write=can_write, created_by=by
    ), token


def key_for(token: str) -> ApiKey | None:
    """The key in use that this token belongs to."""
    brand, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    if brand != "eng" or not secret or not prefix.isascii() or not prefix.isalnum():
        return None
    key = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    if key is None or not hmac.compare_digest(key.digest, _digest(token)):
        return None
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= USE_IS_NOTED_EVERY:
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])
    return key


def revoke_key(key: ApiKey) -> None:
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
