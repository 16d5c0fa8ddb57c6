"""The statements that store scores, each for any number of learners, and the same text for both databases.

Each compares what is stored with fresh_scores() and touches only what differs. The order is the caller's, and matters:
`snapshot_moved` looks at the scores that `update_changed` then replaces.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from .expression import Sql, fresh_scores
from .scoring import LEVELS, SCORER

MOVED_BY = 200  # ten-thousandths: a smaller move with the same label waits for the weekly snapshot

LEVEL = "CASE WHEN priority < 0 THEN 'unknown' ELSE label END"
BASE = "CAST(ROUND(base.score * 10000) AS integer)"
DIFFERS = f"""(r.score <> f.points / 10000.0 OR r.inputs_known <> f.inputs_known OR r.scorer <> %s
    OR COALESCE(r.change, -32768) <> COALESCE(f.points - {BASE}, -32768))"""
INSERT_SNAPSHOTS = "INSERT INTO riskscoring_risksnapshot (learner_id, day, score, label, inputs_known, scorer)"
REPLACING_THAT_DAYS = """ON CONFLICT (learner_id, day) DO UPDATE SET score = excluded.score, label = excluded.label,
    inputs_known = excluded.inputs_known, scorer = excluded.scorer"""


def snapshot_moved(*, as_of: date, among: Sql | None = None) -> None:
    """A snapshot for the day of each learner who is new, whose label changes, or whose score moves by MOVED_BY."""
    fresh = fresh_scores(as_of=as_of, among=among)
    _execute(
        f"""{INSERT_SNAPSHOTS}
        SELECT f.learner_id, %s, f.points / 10000.0, f.label, f.inputs_known, %s
        FROM ({fresh.text}) f LEFT JOIN riskscoring_riskscore r ON r.learner_id = f.learner_id
        WHERE r.learner_id IS NULL OR r.label <> f.label OR ABS(ROUND(r.score * 10000) - f.points) >= {MOVED_BY}
        {REPLACING_THAT_DAYS}""",
        [as_of, SCORER, *fresh.params],
    )


def snapshot_all(*, as_of: date) -> None:
    """A snapshot for the day of every score as it is stored."""
    _execute(
        f"""{INSERT_SNAPSHOTS}
        SELECT learner_id, %s, score, label, inputs_known, scorer FROM riskscoring_riskscore WHERE true
        {REPLACING_THAT_DAYS}""",
        [as_of],
    )


def update_changed(*, as_of: date, base_day: date | None, now: datetime, among: Sql | None = None) -> int:
    """Rewrite the scores that differ, or whose change since the snapshots of `base_day` does. Returns how many."""
    fresh = fresh_scores(as_of=as_of, among=among)
    return _execute(
        f"""UPDATE riskscoring_riskscore AS r
        SET score = f.points / 10000.0, label = f.label, inputs_known = f.inputs_known, priority = f.priority,
            change = f.points - {BASE}, scorer = %s, as_of = %s, computed_at = %s
        FROM ({fresh.text}) f
        LEFT JOIN riskscoring_risksnapshot base ON base.learner_id = f.learner_id AND base.day = %s
        WHERE r.learner_id = f.learner_id AND {DIFFERS}""",
        [SCORER, as_of, now, *fresh.params, base_day, SCORER],
    )


def insert_missing(*, as_of: date, base_day: date | None, now: datetime, among: Sql | None = None) -> int:
    """A first score for the learners that have none. Returns how many."""
    fresh = fresh_scores(as_of=as_of, among=among)
    return _execute(
        f"""INSERT INTO riskscoring_riskscore
            (learner_id, score, label, inputs_known, priority, change, scorer, as_of, computed_at)
        SELECT f.learner_id, f.points / 10000.0, f.label, f.inputs_known, f.priority, f.points - {BASE}, %s, %s, %s
        FROM ({fresh.text}) f
        LEFT JOIN riskscoring_risksnapshot base ON base.learner_id = f.learner_id AND base.day = %s
        WHERE NOT EXISTS (SELECT 1 FROM riskscoring_riskscore r WHERE r.learner_id = f.learner_id)""",
        [SCORER, as_of, now, *fresh.params, base_day],
    )


def count_differing(*, as_of: date, base_day: date | None, among: Sql | None = None) -> int:
    """How many update_changed() and insert_missing() would write."""
    fresh = fresh_scores(as_of=as_of, among=among)
    [(differing,)] = _rows(
        f"""SELECT count(*) FROM ({fresh.text}) f
        LEFT JOIN riskscoring_riskscore r ON r.learner_id = f.learner_id
        LEFT JOIN riskscoring_risksnapshot base ON base.learner_id = f.learner_id AND base.day = %s
        WHERE r.learner_id IS NULL OR {DIFFERS}""",
        [*fresh.params, base_day, SCORER],
    )
    return differing


def count_fresh_levels(*, as_of: date, among: Sql | None = None) -> dict[str, int]:
    """How many learners would have each level, without looking at what is stored."""
    fresh = fresh_scores(as_of=as_of, among=among)
    return _by_level(_rows(f"SELECT {LEVEL}, count(*) FROM ({fresh.text}) f GROUP BY 1", fresh.params))


def count_stored_levels(*, among: Sql | None = None) -> dict[str, int]:
    where, params = (f"WHERE learner_id IN ({among.text})", among.params) if among else ("", [])
    return _by_level(_rows(f"SELECT {LEVEL}, count(*) FROM riskscoring_riskscore {where} GROUP BY 1", params))


def replace_label_counts(*, as_of: date, program_id: int | None = None) -> None:
    """What the trends show for the day, of one program or of all (None)."""
    of_program, params = ("AND {}program_id = %s", [program_id]) if program_id else ("", [])
    _execute(f"DELETE FROM riskscoring_labelcount WHERE day = %s {of_program.format('')}", [as_of, *params])
    _execute(
        f"""INSERT INTO riskscoring_labelcount (day, program_id, cohort_id, level, learners)
        SELECT %s, l.program_id, l.cohort_id, {LEVEL}, count(*)
        FROM riskscoring_riskscore r JOIN learners_learner l ON l.id = r.learner_id
        WHERE true {of_program.format("l.")} GROUP BY l.program_id, l.cohort_id, {LEVEL}""",
        [as_of, *params],
    )


def keep_other_writers_out() -> None:
    """Hold the scores until the transaction ends: others may read them, not write them.

    Under PostgreSQL's READ COMMITTED an UPDATE … FROM that had to wait for a row looks again at that row, but at the
    learner as it was before: it would put a stale score over the fresh one of a learner edited meanwhile. With this
    lock every edit has either been seen, or waits here and then scores itself with its own fresh data. SQLite needs
    nothing: its transactions take the one write lock when they begin.
    """
    if connection.vendor == "postgresql":
        _execute("LOCK TABLE riskscoring_riskscore IN SHARE ROW EXCLUSIVE MODE", [])


def _by_level(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict.fromkeys(LEVELS, 0) | dict(rows)


def _execute(text: str, params: Iterable[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, [_adapted(value) for value in params])
        return cursor.rowcount


def _rows(text: str, params: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, [_adapted(value) for value in params])
        return cursor.fetchall()


def _adapted(value: Any) -> Any:
    """SQLite keeps days and times as text, in the form that Django reads back."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
