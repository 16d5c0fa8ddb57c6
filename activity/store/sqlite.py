"""Writing on SQLite, where one process writes at a time."""

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from .positions import counter
from .rows import Row, Written

MANY = 500  # parameters of one query


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the lock for writing in a queue, before a transaction asks for it.

    SQLite itself lets those who wait sleep and try again, ever longer: with several at once some wait a quarter of a
    second. The queue is a lock on a file beside the database, which the system takes back from whoever dies.
    """
    database = Path(connection.settings_dict["NAME"])
    if connection.in_atomic_block or not database.is_absolute():  # it has the lock already; or is in memory
        yield
        return
    with database.with_name(f"{database.name}-turn").open("a") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield


def insert(rows: Sequence[Row]) -> list[Written]:
    """Write what has an id that is not there yet, and say what that was. Rows come sorted by id, ids are different.

    In a transaction that holds the lock for writing: only with it are positions drawn, so those that are drawn later
    are later (consistency.py). Raises IntegrityError when a position is taken.
    """
    there = _found("SELECT statement_id FROM activity_statement WHERE statement_id IN ({})", rows)
    new = [row for row in rows if row.id.hex not in there]
    if not new:
        return []
    drawn = dict(zip(sorted(row.order for row in new), counter.take(len(new)), strict=True))
    placed = [(row, drawn[row.order] if row.position is None else row.position) for row in new]
    _insert(
        "activity_statement (position, statement_id, raw, version, key_id) VALUES (?, ?, ?, ?, ?)",
        [(position, row.id.hex, row.raw, row.version, row.key_id) for row, position in placed],
    )
    keys = sorted((key, position) for row, position in placed for key in row.keys)
    _insert("activity_statementkey (key, position) VALUES (?, ?)", keys)
    _insert("activity_unfolded (position) VALUES (?)", [(position,) for _, position in placed])
    _insert(
        "activity_statementreference (target, position, voids) VALUES (?, ?, ?)",
        [(row.reference[0].hex, position, row.reference[1]) for row, position in placed if row.reference],
    )
    pointed_at = _found("SELECT target FROM activity_statementreference WHERE target IN ({})", new)
    return [Written(row.id, position, row.id.hex in pointed_at) for row, position in placed]


def _found(query: str, rows: Sequence[Row]) -> set[str]:
    found: set[str] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), MANY):
            ids = [row.id.hex for row in rows[start : start + MANY]]
            cursor.execute(query.format(", ".join(["%s"] * len(ids))), ids)
            found.update(text for (text,) in cursor)
    return found


def _insert(what: str, values: Iterable[Any]) -> None:
    """Without Django's cursor, which rewrites the text for every call."""
    with connection.wrap_database_errors:
        connection.connection.executemany(f"INSERT INTO {what}", values)
