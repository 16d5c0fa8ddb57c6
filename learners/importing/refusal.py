"""Rows that are readable alone but clash with another row or another learner: named, and taken out of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from .reading import Header
from .report import LISTED, BadCell, Listing


@dataclass(frozen=True)
class Clash:
    """`rows` selects `line`, and as `other` what it clashes with, of the rows to refuse."""

    field: str
    rows: str
    reason: Callable[[Any], str]


def _twice(column: str, condition: str = "") -> str:
    return f"""
        SELECT later.line AS line, earliest.line AS other FROM staged_learner later
        JOIN (SELECT {column} AS value, MIN(line) AS line FROM staged_learner
              WHERE {column} IS NOT NULL GROUP BY {column} HAVING COUNT(*) > 1) earliest
          ON later.{column} = earliest.value AND later.line > earliest.line {condition}"""  # noqa: S608


CLASHES = [  # in this order: a row that repeats a learner is not also accused of repeating its email
    Clash("uid", _twice("uid", "AND later.has_own_uid"), lambda line: _("is the id of line %d, too.") % line),
    Clash("email", _twice("uid"), lambda line: _("belongs to the learner of line %d, too.") % line),
    Clash("email", _twice("email"), lambda line: _("is the email of line %d, too.") % line),
    Clash(
        "email",
        """
        SELECT staged.line AS line, learner.uid AS other FROM staged_learner staged
        JOIN learners_learner learner ON LOWER(learner.email) = staged.email AND learner.uid <> staged.uid""",
        lambda uid: _("belongs to another learner, %s.") % uid,
    ),
    Clash(
        "name",
        """
        SELECT staged.line AS line, NULL AS other FROM staged_learner staged
        LEFT JOIN learners_learner learner ON learner.uid = staged.uid
        WHERE staged.name IS NULL AND learner.id IS NULL""",
        lambda _nothing: _("is needed for a new learner."),
    ),
]


def find_learners_by_email() -> None:
    """Rows without an id of their own are those of the learner with their email, where there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE staged_learner
            SET uid = COALESCE((SELECT uid FROM learners_learner WHERE LOWER(email) = staged_learner.email), uid)
            WHERE NOT has_own_uid"""
        )


def refuse_clashes(header: Header, bad: Listing) -> None:
    with connection.cursor() as cursor:
        for clash in CLASHES:
            cursor.execute(f"SELECT line, other FROM ({clash.rows}) clashing ORDER BY line LIMIT {LISTED}")  # noqa: S608
            listed = cursor.fetchall()
            if not listed:
                continue
            column = header.name_of(clash.field) if clash.field in header.fields else clash.field
            bad.cells += [BadCell(line, column, clash.reason(other)) for line, other in listed]
            cursor.execute(
                f"DELETE FROM staged_learner WHERE line IN (SELECT line FROM ({clash.rows}) clashing)"  # noqa: S608
            )
            bad.rows += cursor.rowcount
