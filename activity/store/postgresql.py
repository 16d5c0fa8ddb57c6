"""Writing on PostgreSQL: any number of statements with all their rows in one command and one round trip."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from .positions import COUNTS, EPOCH, MILLISECOND, counter
from .rows import Row, Written

# The server's clock, in milliseconds since 1970; what pg_locks tells of a lock on a number of 64 bits.
NOW_MS = "CAST(floor(extract(epoch FROM {clock}()) * 1000) AS bigint)"
EPOCH_MS = int(EPOCH.timestamp() * 1000)

# Who writes holds a lock whose number tells since when. The position's time is read when the lock is held, so whoever
# sees no such lock knows that later positions are later (consistency.py). One clock gives all times, whatever the
# clocks of the machines that call.
INSERT = f"""
WITH held AS MATERIALIZED (
    SELECT CAST(pg_advisory_xact_lock_shared(-{NOW_MS.format(clock="statement_timestamp")}) AS text) AS held
), moment AS MATERIALIZED (
    SELECT {NOW_MS.format(clock="clock_timestamp")} - {EPOCH_MS} AS ms FROM held WHERE held IS NOT NULL
), incoming AS MATERIALIZED (
    SELECT n, id, raw, version, key_id,
        COALESCE(given, (ms + n / {COUNTS}) * {MILLISECOND} + CAST(%(start)s AS bigint) + n %% {COUNTS}) AS position
    FROM moment, unnest(
        CAST(%(orders)s AS integer[]), CAST(%(ids)s AS uuid[]), CAST(%(raws)b AS text[]),
        CAST(%(versions)s AS text[]), CAST(%(key_ids)s AS bigint[]), CAST(%(given)s AS bigint[])
    ) AS one (n, id, raw, version, key_id, given)
), added AS (
    INSERT INTO activity_statement (position, statement_id, raw, version, key_id)
    SELECT position, id, raw, version, key_id FROM incoming
    ON CONFLICT (statement_id) DO NOTHING RETURNING position, statement_id
), keyed AS (
    INSERT INTO activity_statementkey (key, position)
    SELECT k.key, added.position
    FROM unnest(CAST(%(owners)s AS integer[]), CAST(%(keys)s AS bigint[])) AS k (n, key)
    JOIN incoming USING (n) JOIN added USING (position)
), queued AS (
    INSERT INTO activity_unfolded (position) SELECT position FROM added
){{references}}
SELECT statement_id, position,
    EXISTS (SELECT 1 FROM activity_statementreference r WHERE r.target = statement_id) AS is_pointed_at
FROM added
"""
REFERENCES = """, pointing AS (
    INSERT INTO activity_statementreference (target, position, voids)
    SELECT r.target, added.position, r.voids
    FROM unnest(CAST(%(pointing)s AS integer[]), CAST(%(targets)s AS uuid[]), CAST(%(voids)s AS boolean[]))
        AS r (n, target, voids)
    JOIN incoming USING (n) JOIN added USING (position)
)"""
PLAIN, WITH_REFERENCES = INSERT.format(references=""), INSERT.format(references=REFERENCES)
PREPARE_AFTER = 3  # executions on a connection


def insert(rows: Sequence[Row]) -> list[Written]:
    """Write what has an id that is not there yet, and say what that was. Rows come sorted by id, ids are different.

    Waits for others who write the same ids to commit. Raises IntegrityError when a position is taken.
    """
    pointing = [(row.order, *row.reference) for row in rows if row.reference]
    params: dict[str, Any] = {
        "start": counter.take_slots(len(rows)),
        "orders": _array(row.order for row in rows),
        "ids": _array(row.id for row in rows),
        "raws": [row.raw for row in rows],
        "versions": _array(row.version for row in rows),
        "key_ids": _array(row.key_id for row in rows),
        "given": _array(row.position for row in rows),
        "owners": _array(row.order for row in rows for _ in row.keys),
        "keys": _array(key for row in rows for key in row.keys),
    }
    if pointing:
        columns = zip(*pointing, strict=True)
        params["pointing"], params["targets"], params["voids"] = map(_array, columns)
    return [Written(*row) for row in _fetch(WITH_REFERENCES if pointing else PLAIN, params)]


def _array(values: Iterable[object]) -> str:
    """The text of an array of numbers, UUIDs and such: the driver's own takes longer than all else here."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _fetch(command: str, params: dict[str, Any]) -> list[tuple[UUID, int, bool]]:
    """Through the driver itself: Django's cursor writes the values into the text, and so can't have it prepared."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = PREPARE_AFTER
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        return cursor.execute(command, params).fetchall()
