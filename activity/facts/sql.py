"""Pieces of SQL, and what SQLite and PostgreSQL call differently."""

from collections.abc import Iterable

from django.db import connection

from learners.sql import Sql

NOBODY = Sql("NULL")  # an IN (…) that holds for no row


def ids(numbers: Iterable[int]) -> Sql:
    """A list of ids for IN (…). They are numbers from the database: written out, any count of them will do."""
    return Sql(", ".join(str(int(number)) for number in sorted(numbers)) or NOBODY.text)


def least(*values: str) -> str:
    """The least of these; none may be null."""
    return f"{'MIN' if connection.vendor == 'sqlite' else 'LEAST'}({', '.join(values)})"


def greatest(*values: str) -> str:
    """The greatest of these; none may be null."""
    return f"{'MAX' if connection.vendor == 'sqlite' else 'GREATEST'}({', '.join(values)})"


def differ(one: str, other: str) -> str:
    """Two values differ, and null is a value."""
    return f"{one} {'IS NOT' if connection.vendor == 'sqlite' else 'IS DISTINCT FROM'} {other}"


def hundredths(percentage: str) -> str:
    """SQLite keeps decimals as floats: 100 times the one nearest to two places is far from any half."""
    return f"CAST(ROUND({percentage} * 100) AS integer)"


def day_of(moment: str) -> str:
    """The UTC date of a time. SQLite keeps times as text in UTC that begins with the date."""
    return f"substr({moment}, 1, 10)" if connection.vendor == "sqlite" else f"({moment} AT TIME ZONE 'UTC')::date"


def day_number(day: str) -> str:
    """A date as a whole number, so that days can be counted."""
    if connection.vendor == "sqlite":
        return f"CAST(julianday({day}) + 0.5 AS integer)"
    return f"({day}::date - DATE '2000-01-01')"
