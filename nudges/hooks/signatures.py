"""Proof that it is the provider who calls. Pure."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha1, sha256


def is_whatsapps(signature: str, body: bytes, *, app_secret: str) -> bool:
    """X-Hub-Signature-256: of the body as it came."""
    expected = "sha256=" + hmac.new(app_secret.encode(), body, sha256).hexdigest()
    return hmac.compare_digest(signature.encode(), expected.encode())


def is_twilios(signature: str, url: str, form: Mapping[str, Sequence[str]], *, auth_token: str) -> bool:
    """X-Twilio-Signature: of the whole address that it was told, and the fields in the order of their names.

    https://www.twilio.com/docs/usage/security#validating-requests
    """
    fields = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    expected = b64encode(hmac.new(auth_token.encode(), (url + fields).encode(), sha1).digest())
    return hmac.compare_digest(signature.encode(), expected)
