"""What the store takes in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..xapi.versions import Version


@dataclass(frozen=True)
class Incoming:
    """A valid statement with its id, on its way to the record. `position` is given by the stream, else by the store."""

    id: uuid.UUID
    statement: dict[str, Any]
    raw: str
    version: Version
    key_id: int | None = None
    position: int | None = None


@dataclass(frozen=True)
class IncomingAttachment:
    sha2: str
    content_type: str
    content: bytes


class StatementConflict(Exception):  # noqa: N818  (named for what it is, like Http404)
    """Statements with these ids are stored already, and are other statements."""

    def __init__(self, ids: Sequence[uuid.UUID]) -> None:
        super().__init__(", ".join(map(str, ids)))
        self.ids = ids
