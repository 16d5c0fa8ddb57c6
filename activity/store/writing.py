"""Statements into the record."""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from operator import attrgetter
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from ..models import Attachment, Statement
from ..xapi.equality import same_statement
from . import postgresql, sqlite
from .incoming import Incoming, IncomingAttachment, StatementConflict
from .references import copy_keys
from .rows import Row, row_of

TRIES = 5  # for positions that nobody has


@dataclass(frozen=True)
class Stored:
    """What became of a batch: the positions of what is new, how many were there already, and which ids clashed."""

    positions: tuple[int, ...]
    duplicates: int
    conflicts: tuple[UUID, ...]


def store_statements(
    incoming: Sequence[Incoming], *, attachments: Sequence[IncomingAttachment] = (), skip_conflicts: bool = False
) -> Stored:
    """Store what is new, all in one transaction. Raises StatementConflict, or with skip_conflicts reports them.

    A statement that is there already, or comes twice, is a duplicate; another one with the same id is a conflict.
    """
    first, repeated = _told_apart(incoming)
    if not first:
        return Stored((), 0, ())
    # Everybody writes in the order of the ids: who waits for a statement of another's never has one that he waits for.
    rows = sorted((row_of(one, order) for order, one in enumerate(first.values())), key=attrgetter("id"))
    # A single one is written by one command, which is a transaction by itself.
    is_one_command = len(incoming) == 1 and not attachments and not rows[0].reference
    queues = is_one_command and connection.vendor == "sqlite"  # for batches the handing over costs more than it saves
    alone = is_one_command and connection.vendor == "postgresql" and not connection.in_atomic_block
    for tries_left in reversed(range(TRIES)):
        try:
            with sqlite.turn() if queues else nullcontext(), nullcontext() if alone else transaction.atomic():
                _store_attachments(attachments)
                return _store(rows, first, repeated, skip_conflicts)
        except IntegrityError:  # another process has taken a position
            if not tries_left:
                raise
            rows = [replace(row, position=None) for row in rows]
    raise AssertionError("the last try returns or raises")


def _told_apart(incoming: Sequence[Incoming]) -> tuple[dict[UUID, Incoming], list[Incoming]]:
    """The first with each id, and the others."""
    first: dict[UUID, Incoming] = {}
    repeated = []
    for one in incoming:
        if one.id in first:
            repeated.append(one)
        else:
            first[one.id] = one
    return first, repeated


def _store(
    rows: Sequence[Row], first: dict[UUID, Incoming], repeated: Sequence[Incoming], skip_conflicts: bool
) -> Stored:
    written = postgresql.insert(rows) if connection.vendor == "postgresql" else sqlite.insert(rows)
    positions = {one.id: one.position for one in written}
    old = [one for id_, one in first.items() if id_ not in positions]
    conflicts = _conflicting(old, repeated, first)
    if conflicts and not skip_conflicts:
        raise StatementConflict(list(dict.fromkeys(conflicts)))
    points = {row.id for row in rows if row.reference}
    copy_keys([one.position for one in written if one.is_pointed_at or one.id in points])
    return Stored(
        positions=tuple(positions[id_] for id_ in first if id_ in positions),
        duplicates=len(old) + len(repeated) - len(conflicts),
        conflicts=tuple(dict.fromkeys(conflicts)),
    )


def _conflicting(old: Sequence[Incoming], repeated: Sequence[Incoming], first: dict[UUID, Incoming]) -> list[UUID]:
    """The ids of those that are not what their id stands for: what is stored, or what came first."""
    if not old and not repeated:
        return []
    rows = Statement.objects.filter(statement_id__in=[one.id for one in old]).values_list("statement_id", "raw")
    known = {id_: json.loads(raw) for id_, raw in rows}
    return [one.id for one in (*old, *repeated) if not _is_same(known.get(one.id) or first[one.id].statement, one)]


def _is_same(statement: dict[str, object], other: Incoming) -> bool:
    """Statements with the same id. One that came without an id got it here, and so is the only one that has it."""
    return same_statement({**statement, "id": str(other.id)}, {**other.statement, "id": str(other.id)})


def _store_attachments(attachments: Iterable[IncomingAttachment]) -> None:
    """In the order of their hashes, for the same reason as statements in that of their ids."""
    different = {one.sha2: one for one in attachments}
    if not different:
        return
    Attachment.objects.bulk_create(
        [
            Attachment(sha2=one.sha2, content_type=one.content_type, content=one.content)
            for _, one in sorted(different.items())
        ],
        ignore_conflicts=True,
    )
