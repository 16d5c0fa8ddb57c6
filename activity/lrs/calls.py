"""A call of the record store: what a request asks for, read strictly and only as far as it is needed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest

from ..models import AccessKey
from ..xapi.versions import Version
from .answers import Refused

CACHE_BUSTER = "cachebuster"  # a common client adds it to get past caches; it asks for nothing


@dataclass
class Call:
    """One request. `version`, `key` and `body` are known once the door has looked at them."""

    method: str
    path: str  # as the caller wrote it, from the root of the site
    parameters: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""
    version: Version = Version.V2
    key: AccessKey | None = None
    is_alternate: bool = False  # see alternate.py

    @property
    def content_type(self) -> str:
        """Without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def allow(self, names: frozenset[str]) -> None:
        """Refuse parameters that the resource does not know; their case matters."""
        for name in self.parameters:
            if name not in names and name != CACHE_BUSTER:
                raise Refused(400, f"Unknown parameter {name!r}. Known here: {', '.join(sorted(names)) or 'none'}.")

    def need(self, name: str) -> str:
        if name not in self.parameters:
            raise Refused(400, f"The parameter {name!r} is missing.", path=name)
        return self.parameters[name]


def read_call(request: HttpRequest) -> Call:
    """All but the body. Raises Refused with 400 for an address that can't be read."""
    meta = request.META
    headers = {
        name: meta[variable]
        for variable, name in (
            ("HTTP_AUTHORIZATION", "authorization"),
            ("HTTP_X_EXPERIENCE_API_VERSION", "x-experience-api-version"),
            ("CONTENT_TYPE", "content-type"),
            ("HTTP_IF_MATCH", "if-match"),
            ("HTTP_IF_NONE_MATCH", "if-none-match"),
            ("HTTP_ACCEPT_LANGUAGE", "accept-language"),
        )
        if meta.get(variable)
    }
    return Call(
        method=request.method or "",
        path=request.path,
        parameters=read_pairs(meta.get("QUERY_STRING", "").encode("latin-1"), what="The address"),
        headers=headers,
    )


def read_pairs(text: bytes, *, what: str) -> dict[str, str]:
    """Names and values of a query or form, each name once."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, f"{what} is not UTF-8.") from None
    except ValueError:
        raise Refused(400, f"{what} has too many fields.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(400, f"{what} gives {name!r} more than once.", path=name)
        if "\x00" in name or "\x00" in value:
            raise Refused(400, f"{what} holds a NUL character.", path=name)
        found[name] = value
    return found


def read_body(request: HttpRequest) -> bytes:
    """Whole, or Refused: 413 what is too large, 415 what is packed, 400 what ends early because the caller hung up."""
    limit: int = settings.XAPI_MAX_BYTES
    packed = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if packed not in {"", "identity"}:
        raise Refused(415, f"The body is packed with {packed}: send it as it is.", path="Content-Encoding")
    length = request.META.get("CONTENT_LENGTH") or ""
    try:
        if length.isdigit():
            if int(length) > limit:
                raise _too_large(limit)
            body = request.read(int(length)) if int(length) else b""
            if len(body) < int(length):
                raise Refused(400, f"The body ended after {len(body)} bytes of {length}.")
        elif "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            # Django reads no body that has no length; the server marks an input that ends by itself.
            body = _read_chunks(request, limit + 1)
            if len(body) > limit:
                raise _too_large(limit)
        else:
            body = b""
    except OSError as error:
        raise Refused(400, "The body ended too soon.") from error
    return body


def _read_chunks(request: HttpRequest, most: int) -> bytes:
    try:
        chunks: bytes = request.META["wsgi.input"].read(most)
    except OSError:
        raise
    except Exception as error:  # the server's own, which has no name that we could know
        raise Refused(400, "The body's chunks can't be read.") from error
    return chunks


def discard_body(request: HttpRequest) -> None:
    """Read what nobody will look at: a connection closed over unread bytes takes the answer with it."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) <= settings.XAPI_MAX_BYTES:
        with suppress(OSError):
            while request.read(65536):
                pass


def _too_large(limit: int) -> Refused:
    return Refused(413, f"The body is larger than {limit} bytes. Send it in parts.")
