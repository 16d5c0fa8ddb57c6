"""multipart/mixed (RFC 2046; xAPI Communication 1.5.2): statements first, then the bytes of their attachments."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .answers import JSON, Refused

MIXED = "multipart/mixed"
OCTETS = "application/octet-stream"
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))', re.IGNORECASE)
_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}  # by the length of the hash in hexadecimal


@dataclass(frozen=True)
class Part:
    headers: Mapping[str, str]  # names in lower case
    content: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def sha2(self) -> str:
        return self.headers.get("x-experience-api-hash", "").lower()


def read_parts(content_type: str, body: bytes) -> tuple[bytes, list[Part]]:
    """The statements' JSON, and the parts of attachments, each with the hash that it claims. Raises Refused with 400.

    What precedes the first boundary and what follows the last is ignored, as RFC 2046 has it.
    """
    parts = [_read_part(text, number) for number, text in enumerate(_split(body, _boundary(content_type, body)))]
    if not parts or parts[0].content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(400, f"The first part holds the statements, as Content-Type {JSON}.", path="parts[0]")
    for number, part in enumerate(parts[1:], start=1):
        _check_attachment(part, f"parts[{number}]")
    return parts[0].content, parts[1:]


def is_multipart(content_type: str, body: bytes) -> bool:
    """Also what axios, under a common client, sends as octets, the client's own multipart/mixed thrown away."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == MIXED or (kind == OCTETS and body.startswith(b"--"))


def _boundary(content_type: str, body: bytes) -> str:
    if content_type.strip().lower().startswith(OCTETS):
        return body.partition(b"\n")[0].rstrip().removeprefix(b"--").decode("latin-1")
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Refused(400, "The Content-Type multipart/mixed names no boundary.", path="Content-Type")
    return found[1] or found[2]


def write_parts(statements: bytes, attachments: Iterable[Part]) -> tuple[str, bytes]:
    """The Content-Type and the body of an answer."""
    boundary = secrets.token_hex(16)
    parts = [Part({"Content-Type": JSON}, statements), *attachments]
    pieces: list[bytes] = []
    for part in parts:
        headers = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
        pieces += [f"--{boundary}\r\n{headers}\r\n".encode(), part.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"{MIXED}; boundary={boundary}", b"".join(pieces)


def attachment_part(sha2: str, content_type: str, content: bytes) -> Part:
    headers = {
        "Content-Type": content_type,
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2,
    }
    return Part(headers, content)


def _split(body: bytes, boundary: str) -> Sequence[bytes]:
    """The texts between boundaries. A boundary begins a line; the line's end before it belongs to it."""
    name = re.escape(boundary.encode("latin-1", "replace"))
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + name + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start = None
    for match in delimiter.finditer(body):
        if start is not None:
            pieces.append(body[start : match.start()])
        if match[1]:
            return pieces
        start = match.end()
    raise Refused(400, "The body does not end with the boundary that its Content-Type names, and two hyphens.")


def _read_part(text: bytes, number: int) -> Part:
    """`text` begins with the end of the boundary's line."""
    found = re.search(rb"\r?\n\r?\n", text)
    if found is None:
        raise Refused(400, "No empty line ends the headers of this part.", path=f"parts[{number}]")
    headers = {}
    for line in text[: found.start()].splitlines():
        name, _, value = line.decode("latin-1").partition(":")
        if name.strip():
            headers[name.strip().lower()] = value.strip()
    return Part(headers, text[found.end() :])


def _check_attachment(part: Part, path: str) -> None:
    if part.headers.get("content-transfer-encoding", "").lower() != "binary":
        raise Refused(400, "An attachment's part needs Content-Transfer-Encoding: binary.", path=path)
    if not part.sha2:
        raise Refused(400, "An attachment's part needs X-Experience-API-Hash, with its SHA-2.", path=path)
    algorithm = _ALGORITHMS.get(len(part.sha2))
    if algorithm is None or hashlib.new(algorithm, part.content).hexdigest() != part.sha2:
        raise Refused(400, "X-Experience-API-Hash is not the SHA-2 of this part's content.", path=path)
