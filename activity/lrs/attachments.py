"""Which attachments statements have, what came with them, and what goes out with them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..models import Attachment
from ..store.incoming import IncomingAttachment
from ..xapi.statements import ParsedStatement
from ..xapi.versions import Version
from .answers import Refused
from .multipart import Part, attachment_part
from .signatures import check_signature, is_signature


def match_attachments(
    parsed: Sequence[ParsedStatement], parts: Sequence[Part], *, version: Version
) -> list[IncomingAttachment]:
    """The contents to keep. Raises Refused with 400: for one that is missing, or belongs to no statement, or is a
    signature of something else.
    """
    contents = {part.sha2: part for part in parts}
    wanted: dict[str, str] = {}
    for number, one in enumerate(parsed):
        if "attachments" not in one.raw:
            continue
        prefix = f"statements[{number}]." if len(parsed) > 1 else ""
        for statement, attachment, path in _attachments(one.statement, prefix):
            sha2 = attachment["sha2"].lower()
            wanted.setdefault(sha2, attachment["contentType"])
            if sha2 not in contents and "fileUrl" not in attachment:
                raise Refused(400, "Its content is missing: send it as a part of multipart/mixed.", path=path)
            if is_signature(attachment):
                if sha2 not in contents:
                    raise Refused(400, "A signature is sent with its statement, not as a fileUrl.", path=path)
                check_signature(statement, attachment, contents[sha2].content, version=version, path=path)
    for number, part in enumerate(parts, start=1):
        if part.sha2 not in wanted:
            raise Refused(400, "No statement has an attachment with this hash.", path=f"parts[{number}]")
    return [
        IncomingAttachment(sha2, (part.content_type or wanted[sha2])[:200], part.content)
        for sha2, part in contents.items()
    ]


def parts_of(statements: Iterable[dict[str, Any]]) -> list[Part]:
    """The contents that we have of these statements' attachments, each once."""
    hashes = {
        attachment["sha2"].lower(): attachment["sha2"]
        for statement in statements
        for _statement, attachment, _path in _attachments(statement, "")
    }
    found = Attachment.objects.in_bulk(list(hashes)) if hashes else {}
    return [
        attachment_part(hashes[sha2], found[sha2].content_type, bytes(found[sha2].content))
        for sha2 in hashes
        if sha2 in found
    ]


def _attachments(statement: dict[str, Any], prefix: str) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Each attachment with the statement or substatement that has it, and its path."""
    for number, attachment in enumerate(statement.get("attachments", ())):
        yield statement, attachment, f"{prefix}attachments[{number}]"
    inner = statement["object"]
    if inner.get("objectType") == "SubStatement":
        yield from _attachments(inner, f"{prefix}object.")
