"""What is said of attached files. Data 2.4.11. Whether their bytes came too is the door's to see."""

from typing import Any

from ..statements import InvalidStatement
from .languages import check_language_map
from .properties import Table, check_each, check_properties
from .values import check_iri, check_media_type, check_sha2


def check_attachment(value: Any, path: str) -> None:
    """Data 2.4.11 (XAPI-00102 to XAPI-00107)."""
    check_properties(value, path, _ATTACHMENT, required=("usageType", "display", "contentType", "length", "sha2"))


def check_attachments(value: Any, path: str) -> None:
    """Data 2.4: an array of them (XAPI-00025)."""
    check_each(value, path, check_attachment)


def _check_length(value: Any, path: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidStatement(path, "Write the number of bytes, as a whole number.")


_ATTACHMENT: Table = {
    "usageType": check_iri,
    "display": check_language_map,
    "description": check_language_map,
    "contentType": check_media_type,
    "length": _check_length,
    "sha2": check_sha2,
    "fileUrl": check_iri,
}
