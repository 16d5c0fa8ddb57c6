"""Until when the record is complete."""

import sqlite3
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Max

from ..models import Statement
from .positions import EPOCH, stored_at

# Writers hold a lock whose number is minus the time since when, in milliseconds (postgresql.py). Who is not seen here
# takes it later than the beginning of this command, and draws positions when it has it.
WRITING_SINCE = """
SELECT CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS bigint),
    (SELECT -max(number) FROM (
        SELECT (CAST(classid AS bigint) << 32) | CAST(objid AS bigint) AS number FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS locks WHERE number BETWEEN -4398046511104 AND -1)
"""
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def recorded_through() -> datetime:
    """What writers store from now on, with a time of their own drawing, is later than this; all else can be read.

    Entries of the stream bring an earlier time along: see lrs/consistency.py.
    """
    return _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()


def _on_postgresql() -> datetime:
    """The server's clock gives the positions, and so it is the one that counts."""
    with connection.cursor() as cursor:
        cursor.execute(WRITING_SINCE)
        now, writing_since = cursor.fetchone()
    return UNIX_EPOCH + timedelta(milliseconds=min(now, now if writing_since is None else writing_since) - 1)


def _on_sqlite() -> datetime:
    """Positions are drawn by who holds the one lock for writing: while nobody does, later ones are later than now."""
    now = datetime.now(UTC)
    if connection.in_atomic_block or _nobody_writes():
        return _to_the_millisecond(now) - MILLISECOND
    last = Statement.objects.aggregate(last=Max("position"))["last"]
    return EPOCH if last is None else stored_at(last) - MILLISECOND


def _nobody_writes() -> bool:
    connection.ensure_connection()
    raw = connection.connection
    [(patience,)] = raw.execute("PRAGMA busy_timeout").fetchall()
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    else:
        raw.execute("ROLLBACK")
        return True
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience}")


def _to_the_millisecond(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)
