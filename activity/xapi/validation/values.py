"""Values with a form of their own: IRIs, UUIDs, moments, hashes."""

import re
from typing import Any

from ..statements import InvalidStatement
from ..times import read_duration, read_timestamp

# RFC 3987 with a scheme and no character that it excludes. Looser in two places: a bare percent sign and brackets pass
# anywhere, because tools make ids from addresses that browsers take.
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\x9f<>"{}|\\^`]+')
_MAILBOX = re.compile(r'mailto:[^\x00-\x20\x7f-\x9f<>()\[\]\\,;:"@]+@[^\x00-\x20\x7f-\x9f<>()\[\]\\,;:"@/?#]+')
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})")
_MEDIA_TYPE = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+-]+"
    r"(?:[ \t]*+;[ \t]*+(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~/:-]+|\"[^\"\r\n]*\"))?)*",  # *+: no backtracking
    re.ASCII,
)

IRI_WANTED = "Write an IRI with its scheme and no spaces, such as https://example.org/verbs/read."


def is_iri(value: Any) -> bool:
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def check_string(value: Any, path: str) -> None:
    """Data 2.2: no other type of value where a string belongs; null neither."""
    if not isinstance(value, str):
        raise InvalidStatement(path, "Write a string.")


def check_boolean(value: Any, path: str) -> None:
    """Data 2.2: true or false, and not a string that says so (XAPI-00006)."""
    if not isinstance(value, bool):
        raise InvalidStatement(path, "Write true or false, without quotation marks.")


def check_iri(value: Any, path: str) -> None:
    """Data 4.3: an IRI with a scheme (XAPI-00011). IRLs too: what an address leads to is not ours to try."""
    if not is_iri(value):
        raise InvalidStatement(path, IRI_WANTED)


def check_uuid(value: Any, path: str) -> None:
    """Data 4.4: the usual string form (XAPI-00027, XAPI-00028). Any bits: the standard's own examples have others."""
    if not is_uuid(value):
        raise InvalidStatement(path, "Write a UUID: 32 hexadecimal digits in groups of 8-4-4-4-12.")


def check_timestamp(value: Any, path: str) -> None:
    """Data 4.5: ISO 8601, and no offset of minus zero (XAPI-00123)."""
    if isinstance(value, str):
        try:
            read_timestamp(value)
        except (ValueError, OverflowError):
            pass
        else:
            return
    raise InvalidStatement(path, "Write an ISO 8601 timestamp, such as 2026-11-20T09:30:00.000Z (never offset -00:00).")


def check_duration(value: Any, path: str) -> None:
    """Data 4.6: ISO 8601:2004(E), 4.4.3.2; not the alternative form, nor weeks beside other units (XAPI-00124)."""
    if not isinstance(value, str) or read_duration(value) is None:
        raise InvalidStatement(path, "Write an ISO 8601 duration, such as PT1H30M or P2W.")


def check_mailbox(value: Any, path: str) -> None:
    """Data 2.4.2.3: a mailto IRI of one address (XAPI-00038)."""
    if not isinstance(value, str) or not _MAILBOX.fullmatch(value):
        raise InvalidStatement(path, "Write a mailto IRI, such as mailto:ada@example.org.")


def check_sha1(value: Any, path: str) -> None:
    """Data 2.4.2.3: the hex digest of a mailto IRI (XAPI-00039)."""
    if not isinstance(value, str) or not _SHA1.fullmatch(value):
        raise InvalidStatement(path, "Write the SHA-1 of the mailto IRI in 40 hexadecimal digits.")


def check_sha2(value: Any, path: str) -> None:
    """Data 2.4.11: SHA-256, SHA-384 or SHA-512, in hex (XAPI-00103)."""
    if not isinstance(value, str) or not _SHA2.fullmatch(value):
        raise InvalidStatement(path, "Write the SHA-256, SHA-384 or SHA-512 of the content in hexadecimal digits.")


def check_media_type(value: Any, path: str) -> None:
    """Data 2.4.11: an Internet media type, its parameters allowed (XAPI-00105)."""
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise InvalidStatement(path, "Write an Internet media type, such as text/plain or image/png.")
