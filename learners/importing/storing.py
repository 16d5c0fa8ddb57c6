"""From the staging table to the learners: set-wise, and only what is new or different is written.

The SQL is written out, because the ORM has no INSERT … SELECT … ON CONFLICT. Every name in it comes from this module,
never from a file.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from ..channels import ADDRESS_OF, channels_behind
from ..models import Learner, StagedLearner
from .report import Change

EXAMPLES = 10
ANALYZE_FROM_ROWS = 10_000  # the planner's picture of the table is stale after so many

JOINED = """
    FROM staged_learner staged
    LEFT JOIN learners_learner learner ON learner.uid = staged.uid
    LEFT JOIN learners_program program ON program.name = staged.program
    LEFT JOIN learners_cohort cohort ON cohort.program_id = program.id AND cohort.name = staged.cohort"""

# Field of the file → column of the learner, and the value that the row gives it. A blank cell is null, but what a
# learner always has stays as it is stored (`learner` is the stored row, all null when there is none).
VALUES = {
    "name": ("name", "COALESCE(staged.name, learner.name)"),
    "email": ("email", "staged.email"),
    "phone": ("phone", "COALESCE(staged.phone, '')"),
    "program": ("program_id", "program.id"),
    "cohort": ("cohort_id", "cohort.id"),
    "status": ("status", "COALESCE(staged.status, learner.status, 'active')"),
    "language": ("language", "COALESCE(staged.language, learner.language, 'en')"),
    "timezone": ("timezone", "COALESCE(staged.timezone, learner.timezone, 'UTC')"),
    "last_login": ("last_login", "staged.last_login"),
    "completed_percent": ("completed_percent", "staged.completed_percent"),
    "avg_quiz_score": ("avg_quiz_score", "staged.avg_quiz_score"),
    "consecutive_missed_sessions": ("consecutive_missed_sessions", "staged.consecutive_missed_sessions"),
}
# A learner who changes program leaves the cohort of the old one.
COHORT_THAT_STAYS = "CASE WHEN program.id = learner.program_id THEN learner.cohort_id END"
# What a new row needs in columns that the file doesn't have.
DEFAULTS = {
    "name": "learner.name",
    "phone": "''",
    "status": "'active'",
    "language": "'en'",
    "timezone": "'UTC'",
    "last_contact_channel": "''",
}


@dataclass(frozen=True)
class Stored:
    new: int
    changed: int
    unchanged: int
    examples_new: tuple[Change, ...]
    examples_changed: tuple[Change, ...]


def store(fields: frozenset[str]) -> Stored:
    """Write the staged rows' `fields` to their learners, new or known, and say what that changed."""
    with connection.cursor() as cursor:
        _store_programs_and_cohorts(cursor)
        values = _values(fields)
        differs = " OR ".join(_differ(f"learner.{column}", value) for column, value in values.items()) or "FALSE"
        is_changed = f"learner.id IS NOT NULL AND ({differs})"
        new = _count(cursor, f"SELECT COUNT(*) {JOINED} WHERE learner.id IS NULL")
        examples_new = _examples(cursor, fields, "learner.id IS NULL")
        examples_changed = _examples(cursor, fields, is_changed)
        _withdraw_verifications(cursor, fields)
        written = _upsert(cursor, values, f"learner.id IS NULL OR {is_changed}")
        if written >= ANALYZE_FROM_ROWS:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE learners_learner")
        total = _count(cursor, "SELECT COUNT(*) FROM staged_learner")
    return Stored(new, written - new, total - written, examples_new, examples_changed)


def _values(fields: frozenset[str]) -> dict[str, str]:
    """By column of the learner: the SQL of what the file says about it."""
    values = dict(VALUES[field] for field in VALUES if field in fields)
    if "program" in fields and "cohort" not in fields:
        values["cohort_id"] = COHORT_THAT_STAYS
    return values


def _differ(one: str, other: str) -> str:
    operator = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    return f"{one} {operator} {other}"


def _count(cursor: Any, query: str) -> int:
    cursor.execute(query)
    return cursor.fetchone()[0]


def _store_programs_and_cohorts(cursor: Any) -> None:
    cursor.execute(
        "INSERT INTO learners_program (name, course_url, open_for_signup) "
        "SELECT DISTINCT program, '', FALSE FROM staged_learner WHERE program IS NOT NULL ON CONFLICT DO NOTHING"
    )
    cursor.execute(
        "INSERT INTO learners_cohort (program_id, name) SELECT DISTINCT program.id, staged.cohort "
        "FROM staged_learner staged JOIN learners_program program ON program.name = staged.program "
        "WHERE staged.cohort IS NOT NULL ON CONFLICT DO NOTHING"
    )


def _withdraw_verifications(cursor: Any, fields: frozenset[str]) -> None:
    """As services.update_learner does: nobody has shown yet that a new address is theirs, and nothing came back."""
    for field in fields.intersection(ADDRESS_OF.values()):
        column, value = VALUES[field]
        channels = channels_behind(field)
        cursor.execute(
            "UPDATE learners_contactpreference SET verified_at = NULL, bounced_at = NULL "  # noqa: S608
            "WHERE (verified_at IS NOT NULL OR bounced_at IS NOT NULL) "
            f"AND channel IN ({', '.join(['%s'] * len(channels))}) AND learner_id IN ("
            f"SELECT learner.id FROM staged_learner staged JOIN learners_learner learner ON learner.uid = staged.uid "
            f"WHERE {_differ(f'learner.{column}', value)})",
            channels,
        )


def _upsert(cursor: Any, values: dict[str, str], condition: str) -> int:
    """How many rows were written. The conflict is only met when a learner appears between the join and the insert."""
    inserted = {**DEFAULTS, **values}
    updates = ", ".join(f"{column} = excluded.{column}" for column in [*values, "updated_at"])
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    cursor.execute(
        f"INSERT INTO learners_learner (uid, {', '.join(inserted)}, created_at, updated_at) "
        f"SELECT staged.uid, {', '.join(inserted.values())}, %s, %s {JOINED} WHERE {condition} "
        f"ON CONFLICT (uid) DO UPDATE SET {updates}",
        [now, now],
    )
    return cursor.rowcount


def _examples(cursor: Any, fields: frozenset[str], condition: str) -> tuple[Change, ...]:
    """The first few rows that meet the condition, each with what it changes about the stored learner."""
    cursor.execute(f"SELECT staged.line {JOINED} WHERE {condition} ORDER BY staged.line LIMIT {EXAMPLES}")
    rows = StagedLearner.objects.filter(line__in=[line for (line,) in cursor.fetchall()]).order_by("line")
    learners = Learner.objects.select_related("program", "cohort").in_bulk([row.uid for row in rows], field_name="uid")
    return tuple(_change(row, learners.get(row.uid), fields) for row in rows)


def _change(row: StagedLearner, learner: Learner | None, fields: frozenset[str]) -> Change:
    if learner is None:
        return Change(row.line, row.uid, row.name or "")
    differences = []
    for field in VALUES:
        stored, new = getattr(learner, field), getattr(row, field)
        stored = stored.name if field in {"program", "cohort"} and stored else stored
        if (
            field in fields
            and (stored or None) != new
            and not (new is None and field in {"name", "status", "language", "timezone"})
        ):
            differences.append((field, _shown(stored), _shown(new)))
    return Change(row.line, row.uid, learner.name, tuple(differences))


def _shown(value: Any) -> Any:
    """Times as a file has them, in UTC."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
