"""Statements into the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .incoming import Incoming, IncomingAttachment


@dataclass(frozen=True)
class Stored:
    """What became of a batch: the positions of what is new, how many were there already, and which ids clashed."""

    positions: tuple[int, ...]
    duplicates: int
    conflicts: tuple[UUID, ...]


def store_statements(
    incoming: Sequence[Incoming], *, attachments: Sequence[IncomingAttachment] = (), skip_conflicts: bool = False
) -> Stored:
    """Store what is new, all in one transaction. Raises StatementConflict, or with skip_conflicts reports them."""
    raise NotImplementedError
