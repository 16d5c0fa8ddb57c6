"""Senders' credentials: shown once, kept only as a SHA-256, which a 256-bit secret makes safe without slow hashing."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import AccessKey
from .xapi.versions import Version

USE_IS_NOTED_EVERY = timedelta(minutes=1)  # a write for each request would cost more than the request


def create_access_key(
    *, name: str, can_read: bool, can_write: bool, version: str, calls_per_minute: int | None, by: Any
) -> tuple[AccessKey, str]:
    """A new key, and its secret, which nobody can show again. `by`: a user, or None."""
    secret = secrets.token_urlsafe(32)
    key = AccessKey.objects.create(
        name=name,
        username=secrets.token_hex(12),
        digest=digest_of(secret),
        can_read=can_read,
        can_write=can_write,
        version=version,
        calls_per_minute=calls_per_minute,
        created_by=by,
    )
    return key, secret


def find_access_key(username: str, secret: str) -> AccessKey | None:
    """The key in use that these credentials belong to. That it is used is noted, once a minute at most."""
    if not username or "\x00" in username:
        return None
    key = AccessKey.objects.filter(username=username).first()
    if username == settings.PUBLIC_PEM and (key is None or key.digest != digest_of(settings.SECRET_PEM)):
        key = seed_access_key()
    if key is None or key.revoked_at is not None or not hmac.compare_digest(key.digest, digest_of(secret)):
        return None
    note_use(key)
    return key


def note_use(key: AccessKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= USE_IS_NOTED_EVERY:
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])


def seed_access_key() -> AccessKey | None:
    """The key that the environment names (PUBLIC_PEM, SECRET_PEM), made when it is not there yet; None without one.

    A secret that was changed in the environment is the key's secret from now on. A revoked key stays revoked.
    """
    if not settings.PUBLIC_PEM:
        return None
    digest = digest_of(settings.SECRET_PEM)
    key = AccessKey.objects.filter(username=settings.PUBLIC_PEM).first()
    if key is None:
        name = _("From the environment")
        try:
            with transaction.atomic():
                return AccessKey.objects.create(
                    name=name, username=settings.PUBLIC_PEM, digest=digest, version=Version.V2.value
                )
        except IntegrityError:  # another process was quicker
            key = AccessKey.objects.get(username=settings.PUBLIC_PEM)
    if key.digest != digest:
        key.digest = digest
        key.save(update_fields=["digest"])
    return key


def revoke_access_key(key: AccessKey) -> None:
    """From now on it opens nothing; processes that know it forget it within two seconds (see lrs/credentials.py)."""
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
