"""Statements that point at others, to void them or to say something of them.

A filter that finds a statement finds those that point at it, and those that point at these. So they get its keys as
well, whichever of the two is stored first. Two that are stored at the same moment by two processes don't see each
other: whoever folds statements calls `copy_keys` again, and of the two the later fold sees both.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ..xapi.verbs import VOIDED
from .keys import is_of_filter, keys_of

# From the given statements: who is to get keys (those that point at something, and all that point at the given ones,
# however indirectly), and from whom (all that they point at, however indirectly).
GIVERS_AND_TAKERS = """
WITH RECURSIVE taker (position) AS (
    SELECT r.position FROM activity_statementreference r WHERE r.position IN ({positions})
    UNION
    SELECT r.position FROM activity_statement s JOIN activity_statementreference r ON r.target = s.statement_id
    WHERE s.position IN ({positions})
    UNION
    SELECT r.position FROM taker JOIN activity_statement s ON s.position = taker.position
    JOIN activity_statementreference r ON r.target = s.statement_id
), pair (taker, giver) AS (
    SELECT taker.position, s.position FROM taker
    JOIN activity_statementreference r ON r.position = taker.position
    JOIN activity_statement s ON s.statement_id = r.target
    UNION
    SELECT pair.taker, s.position FROM pair
    JOIN activity_statementreference r ON r.position = pair.giver
    JOIN activity_statement s ON s.statement_id = r.target
)
SELECT pair.giver, pair.taker, s.raw FROM pair JOIN activity_statement s ON s.position = pair.giver ORDER BY 1, 2
"""


def reference_of(statement: dict[str, Any]) -> tuple[UUID, bool] | None:
    """The id that the statement points at, and whether it is to void it."""
    target = statement["object"]
    if target.get("objectType") != "StatementRef":
        return None
    return UUID(target["id"]), statement["verb"]["id"] == VOIDED


def copy_keys(positions: Sequence[int]) -> None:
    """See to it that these statements, and those that point at them, have the keys that they are to be found by.

    In the caller's transaction, if there is one. Doing it again changes nothing.
    """
    if not positions:
        return
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(positions))
        cursor.execute(GIVERS_AND_TAKERS.format(positions=marks), [*positions, *positions])
        rows = cursor.fetchall()
        copies = sorted(_copies(rows))  # sorted: two who copy the same never wait for each other
        if copies:
            cursor.executemany(
                "INSERT INTO activity_statementkey (key, position) VALUES (%s, %s) ON CONFLICT DO NOTHING", copies
            )


def _copies(rows: Iterable[tuple[int, int, str]]) -> set[tuple[int, int]]:
    copies: set[tuple[int, int]] = set()
    last, keys = None, []
    for giver, taker, raw in rows:
        if giver != last:
            last, keys = giver, [key for key in keys_of(json.loads(raw)) if is_of_filter(key)]
        copies.update((key, taker) for key in keys)
    return copies
