"""A connection of its own that the database itself keeps from writing, and from taking long."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection

SECONDS = 3
STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's machine, between two looks at the clock


class Refused(Exception):  # noqa: N818  (named for what it is, like Http404)
    """The database would not do it: it would have written, or it could not be understood."""


class TooSlow(Exception):  # noqa: N818
    """It took longer than SECONDS."""


@dataclass(frozen=True)
class Rows:
    columns: list[str]
    rows: list[tuple[Any, ...]]


def read(sql: str, values: Mapping[str, Any], *, limit: int) -> Rows:
    """The first `limit` rows of a query with values for its %(name)s. Raises Refused or TooSlow."""
    reader = _read_postgresql if connection.vendor == "postgresql" else _read_sqlite
    return reader(sql, values, limit)


def _read_postgresql(sql: str, values: Mapping[str, Any], limit: int) -> Rows:
    options = f"-c default_transaction_read_only=on -c statement_timeout={round(SECONDS * 1000)} -c timezone=UTC"
    parameters = _plain_parameters() | {"options": options}
    try:
        with psycopg.connect(**parameters) as reader, reader.cursor() as cursor:
            reader.read_only = True
            rows = list(islice(cursor.stream(sql, values), limit))  # row by row: no more is fetched than is shown
            if not rows:
                cursor.execute(sql, values)  # a stream without rows does not say which columns it would have had
            return Rows([column.name for column in cursor.description or ()], rows)
    except psycopg.errors.QueryCanceled as error:
        raise TooSlow from error
    except (psycopg.ProgrammingError, psycopg.InternalError, psycopg.DataError) as error:
        raise Refused(str(error)) from error


def _plain_parameters() -> dict[str, Any]:
    """Where the database is, without what Django adds for its own cursors."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "host", "port", "user", "password", "service") if given.get(name)}


def _read_sqlite(sql: str, values: Mapping[str, Any], limit: int) -> Rows:
    named = sql % {name: f":{name}" for name in values}
    try:
        with _sqlite_reader() as reader:
            cursor = reader.execute(named, {name: _as_sqlite_keeps_it(value) for name, value in values.items()})
            return Rows([column[0] for column in cursor.description or ()], cursor.fetchmany(limit))
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise (TooSlow() if "interrupted" in str(error) else Refused(str(error))) from error


@contextmanager
def _sqlite_reader() -> Iterator[sqlite3.Connection]:
    name = str(connection.settings_dict["NAME"])
    address = name if name.startswith("file:") else f"file:{quote(name)}?mode=ro"
    deadline = time.monotonic() + SECONDS
    with closing(sqlite3.connect(address, uri=True, timeout=SECONDS)) as reader:
        reader.execute("PRAGMA query_only = ON")
        reader.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS)
        yield reader


def _as_sqlite_keeps_it(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
