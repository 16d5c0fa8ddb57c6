"""Who may change what follows from statements at the same moment, on PostgreSQL. SQLite has one writer at any time.

Folding asks whose a statement is, and writes events by that: any number of folders do so at once. Who changes an answer
on which they rely (which learner an actor is), or takes events away, waits until they are done, and keeps them waiting
meanwhile. An advisory lock, for a lock on a table would keep its vacuum out as well.
"""

from django.db import connection

FOLDING, ASKING = 7_238_111, 7_238_112  # any numbers that are nobody else's advisory locks


def join_folders() -> None:
    """Until the transaction ends: one folder among others. Take it before any other lock."""
    _lock("pg_advisory_xact_lock_shared", FOLDING)


def keep_folders_out() -> None:
    """Until the transaction ends: nobody folds. Take it before any lock on a row, and be quick."""
    _lock("pg_advisory_xact_lock", FOLDING)


def keep_others_from_asking() -> None:
    """Until the transaction ends: only we write actors. Take it before any other lock."""
    _lock("pg_advisory_xact_lock", ASKING)


def _lock(function: str, number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [number])
