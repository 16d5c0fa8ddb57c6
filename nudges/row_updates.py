"""Many rows updated in one statement, each to values of its own. Django's bulk_update builds a condition for each value
of each row, which takes longer than all else that is done to deliver a message."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], fields: Sequence[str], **only: Any) -> int:
    """Store these fields of the rows, of those whose columns are as `only` says; how many were updated."""
    if not rows:
        return 0
    meta: Any = rows[0]._meta
    columns = [meta.get_field(name) for name in fields]
    key = meta.pk
    quote = connection.ops.quote_name
    casts = [_cast(column) for column in (key, *columns)]
    first = ", ".join(f"%s{cast}" for cast in casts)
    others = ", ".join("%s" for _ in casts)
    values = ", ".join(f"({first if number == 0 else others})" for number in range(len(rows)))
    changes = ", ".join(
        f"{quote(column.column)} = given.column{number}" for number, column in enumerate(columns, start=2)
    )
    table = quote(meta.db_table)
    wanted = "".join(f" AND {table}.{quote(meta.get_field(name).column)} = %s" for name in only)
    sql = (  # both databases name the columns of VALUES alike
        f"UPDATE {table} SET {changes} FROM (VALUES {values}) AS given"  # noqa: S608  (our own names)
        f" WHERE {table}.{quote(key.column)} = given.column1{wanted}"
    )
    parameters = [
        column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows for column in (key, *columns)
    ]
    parameters += [meta.get_field(name).get_db_prep_save(value, connection) for name, value in only.items()]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _cast(column: Any) -> str:
    """PostgreSQL takes what stands in VALUES for text, unless the first row says otherwise."""
    if connection.vendor != "postgresql":
        return ""
    return f"::{column.rel_db_type(connection) if column.primary_key else column.db_type(connection).partition('(')[0]}"
