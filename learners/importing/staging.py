"""The temporary table that rows wait in, so that the database can compare and store them all at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection

from ..models import StagedLearner
from .conversion import FIELDS

TABLE = StagedLearner._meta.db_table
COLUMNS = {field.name: field for field in StagedLearner._meta.concrete_fields}
BATCH_ROWS = 10_000
SQLITE_CACHE_KIBIBYTES = 8_000


def adapt(field: str, value: Any) -> Any:
    """The value as this database's driver stores it in the learners' own columns."""
    return COLUMNS[field].get_db_prep_save(value, connection)


@contextmanager
def staging_table() -> Iterator[None]:
    """An empty staged_learner while the block lasts."""
    columns = ", ".join(f"{field.column} {field.db_type(connection)}" for field in COLUMNS.values())
    with connection.cursor() as cursor, _little_memory(cursor):
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} ({columns})")
        yield
        cursor.execute(f"DROP TABLE {TABLE}")


@contextmanager
def _little_memory(cursor: Any) -> Iterator[None]:
    """SQLite sorts in as much memory as its cache may take, in several sorts at once: for a while that is less."""
    if connection.vendor != "sqlite":
        yield
        return
    (usual,) = cursor.execute("PRAGMA cache_size").fetchone()
    cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA cache_size = {usual}")


def fill(rows: Iterator[tuple[Any, ...]], *, on_progress: Callable[[int], None]) -> None:
    """Stream the rows in, in FIELDS order; `on_progress` hears how many there are after each batch."""
    done = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {TABLE} ({', '.join(FIELDS)}) FROM STDIN") as copy:
                for done, row in enumerate(rows, 1):
                    copy.write_row(row)
                    if not done % BATCH_ROWS:
                        on_progress(done)
            cursor.execute(f"ANALYZE {TABLE}")
        else:
            insert = f"INSERT INTO {TABLE} VALUES ({', '.join(['%s'] * len(FIELDS))})"  # noqa: S608
            while batch := list(islice(rows, BATCH_ROWS)):
                cursor.executemany(insert, batch)
                done += len(batch)
                on_progress(done)
