"""Is the database away, or does it refuse one message for what it holds?"""

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

# PostgreSQL's classes of errors that are nobody's statement: connection, rollback (deadlock), resources, not ready,
# shut down, system. https://www.postgresql.org/docs/15/errcodes-appendix.html
_NOBODYS_FAULT = ("08", "25", "40", "53", "55", "57", "58")


def is_away(error: Error | None = None) -> bool:
    """With an error, whether it says that the database can't take anything now; without, whether it answers at all."""
    if error is None:
        return not _answers()
    code = getattr(error.__cause__, "sqlstate", None)
    if code is not None:
        return code.startswith(_NOBODYS_FAULT)
    return isinstance(error, OperationalError | InterfaceError)


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    except InterfaceError:
        return False
    return True
