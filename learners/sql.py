"""SQL that goes beyond the ORM: pieces of it with their values, and how they reach the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with the values of its %s, in order."""

    text: str
    params: list[Any] = field(default_factory=list)


def ids_of(rows: QuerySet[Any], field: str = "pk") -> Sql | None:
    """The SELECT of these rows' ids, or of those in a foreign key of theirs; None when there can be none."""
    try:
        text, params = rows.order_by().values(field).query.sql_with_params()
    except EmptyResultSet:
        return None
    return Sql(text, list(params))


def execute(text: str, params: Iterable[Any] = ()) -> int:
    """How many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(text, [adapted(value) for value in params])
        return cursor.rowcount


def rows(text: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, [adapted(value) for value in params])
        return cursor.fetchall()


def adapted(value: Any) -> Any:
    """SQLite keeps days and times as text, in the form that Django reads back."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def kept_apart() -> str:
    """What ends a subquery whose columns are to be worked out once. Otherwise both databases may put each column's
    expression in all places that name it, and work it out for each.
    """
    return "OFFSET 0" if connection.vendor == "postgresql" else "LIMIT -1"


def literal(moment: datetime) -> str:
    """A time of our own, written out: where a statement names it often, a parameter each would hide what it says."""
    if connection.vendor == "postgresql":
        return f"TIMESTAMPTZ '{moment.isoformat()}'"
    return f"'{adapted(moment)}'"


def from_json(columns: dict[str, str]) -> str:
    """A SELECT of rows that come as one parameter, a JSON array of arrays: any number of them. `columns` says the type
    of each, in order.
    """
    if connection.vendor == "postgresql":
        values = ", ".join(f"(row ->> {place})::{kind} AS {name}" for place, (name, kind) in enumerate(columns.items()))
        return f"SELECT {values} FROM jsonb_array_elements(%s::jsonb) AS given (row)"
    values = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"SELECT {values} FROM json_each(%s)"
