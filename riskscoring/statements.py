"""The statements that store scores, each for any number of learners, and with the same text for both databases.

They take fresh_scores(), or for many learners the table that `stage` puts it in, compare that with what is stored, and
touch only what differs. The order is the caller's, and matters: `snapshot_moved` compares with the scores that
`update_changed` then replaces.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection

from learners.sql import Sql, execute, rows

from .expression import LABEL, LEVEL, PRIORITY, SCORE
from .scoring import LEVELS, SCORER

MOVED_BY = 200  # ten-thousandths: a smaller move with the same label waits for the weekly snapshot

INSERT_SNAPSHOTS = "INSERT INTO riskscoring_risksnapshot (learner_id, day, score, label, inputs_known, scorer)"
REPLACING_THAT_DAYS = """ON CONFLICT (learner_id, day) DO UPDATE SET score = excluded.score, label = excluded.label,
    inputs_known = excluded.inputs_known, scorer = excluded.scorer"""
JOIN_BASE = "LEFT JOIN riskscoring_risksnapshot base ON base.learner_id = f.learner_id AND base.day = %s"
CHANGE = "f.points - CAST(ROUND(base.score * 10000) AS integer)"
DIFFERS = f"""(f.points <> f.old_points OR r.inputs_known <> f.inputs_known OR r.scorer <> %s
    OR COALESCE(r.change, -32768) <> COALESCE({CHANGE}, -32768))"""


@contextmanager
def stage(fresh: Sql) -> Iterator[Sql]:
    """Work the scores out once, into a temporary table, and use that instead.

    For one learner working them out in each statement costs less than a table does.
    """
    if connection.vendor == "postgresql":
        execute("SET LOCAL jit = off")  # compiling takes up to 0.4 s a statement, and saves less
    execute(f"CREATE TEMPORARY TABLE fresh_scores AS {fresh.text}", fresh.params)
    if connection.vendor == "postgresql":
        execute("ANALYZE fresh_scores")
    yield Sql("SELECT * FROM fresh_scores")
    execute("DROP TABLE fresh_scores")  # after an error the rollback drops it


def snapshot_moved(fresh: Sql, *, as_of: date) -> None:
    """A snapshot for the day of each learner who is new, whose label changes, or whose score moves by MOVED_BY."""
    execute(
        f"""{INSERT_SNAPSHOTS}
        SELECT f.learner_id, %s, {SCORE}, {LABEL}, f.inputs_known, %s
        FROM ({fresh.text}) f
        WHERE f.old_points IS NULL OR f.old_label <> {LABEL} OR ABS(f.points - f.old_points) >= {MOVED_BY}
        {REPLACING_THAT_DAYS}""",
        [as_of, SCORER, *fresh.params],
    )


def snapshot_all(*, as_of: date) -> None:
    """A snapshot for the day of every score as it is stored."""
    execute(
        f"""{INSERT_SNAPSHOTS}
        SELECT learner_id, %s, score, label, inputs_known, scorer FROM riskscoring_riskscore WHERE true
        {REPLACING_THAT_DAYS}""",
        [as_of],
    )


def update_changed(fresh: Sql, *, as_of: date, base_day: date | None, now: datetime) -> int:
    """Rewrite the scores that differ, or whose change since the snapshots of `base_day` does. Returns how many."""
    return execute(
        f"""UPDATE riskscoring_riskscore AS r
        SET score = {SCORE}, label = {LABEL}, inputs_known = f.inputs_known, priority = {PRIORITY},
            change = {CHANGE}, scorer = %s, as_of = %s, computed_at = %s
        FROM ({fresh.text}) f {JOIN_BASE}
        WHERE r.learner_id = f.learner_id AND {DIFFERS}""",
        [SCORER, as_of, now, *fresh.params, base_day, SCORER],
    )


def insert_new(fresh: Sql, *, as_of: date, base_day: date | None, now: datetime) -> int:
    """A first score for the learners that have none. Returns how many."""
    return execute(
        f"""INSERT INTO riskscoring_riskscore
            (learner_id, score, label, inputs_known, priority, change, scorer, as_of, computed_at)
        SELECT f.learner_id, {SCORE}, {LABEL}, f.inputs_known, {PRIORITY}, {CHANGE}, %s, %s, %s
        FROM ({fresh.text}) f {JOIN_BASE}
        WHERE f.old_points IS NULL""",
        [SCORER, as_of, now, *fresh.params, base_day],
    )


def count_differing(fresh: Sql, *, base_day: date | None) -> int:
    """How many update_changed() and insert_new() would write."""
    [(differing,)] = rows(
        f"""SELECT count(*) FROM ({fresh.text}) f LEFT JOIN riskscoring_riskscore r ON r.learner_id = f.learner_id
        {JOIN_BASE} WHERE f.old_points IS NULL OR {DIFFERS}""",
        [*fresh.params, base_day, SCORER],
    )
    return differing


def count_levels(fresh: Sql) -> dict[str, int]:
    """How many learners have each level."""
    counted = ", ".join(f"count(CASE WHEN {LEVEL} = '{level}' THEN 1 END)" for level in LEVELS)  # quicker than sorting
    [counts] = rows(f"SELECT {counted} FROM ({fresh.text}) f", fresh.params)
    return dict(zip(LEVELS, counts, strict=True))


def replace_label_counts(fresh: Sql, *, as_of: date, program_id: int | None = None) -> None:
    """What the trends show for the day, of one program or of all (None)."""
    if program_id is None:
        execute("DELETE FROM riskscoring_labelcount WHERE day = %s", [as_of])
    else:
        execute("DELETE FROM riskscoring_labelcount WHERE day = %s AND program_id = %s", [as_of, program_id])
    with _tally(fresh) as tally:
        execute(
            f"""INSERT INTO riskscoring_labelcount (day, program_id, cohort_id, level, learners)
            SELECT %s, program_id, cohort_id, level, learners FROM ({tally.text}) AS tally""",
            [as_of, *tally.params],
        )


@contextmanager
def _tally(fresh: Sql) -> Iterator[Sql]:
    """A SELECT of program_id, cohort_id, level and how many learners.

    SQLite's GROUP BY would sort all the rows, which takes 30 MB for a million, where a row for each group will do.
    """
    if connection.vendor != "sqlite":
        levels = f"SELECT f.program_id, f.cohort_id, {LEVEL} AS level, count(*) AS learners FROM ({fresh.text}) f"
        yield Sql(f"{levels} GROUP BY 1, 2, 3", fresh.params)
        return
    execute(
        """CREATE TEMPORARY TABLE tally (program_id, cohort_id, level, learners,
           PRIMARY KEY (program_id, cohort_id, level)) WITHOUT ROWID"""
    )
    execute(
        f"""INSERT INTO tally SELECT COALESCE(f.program_id, 0), COALESCE(f.cohort_id, 0), {LEVEL}, 1
        FROM ({fresh.text}) f WHERE true ON CONFLICT DO UPDATE SET learners = learners + 1""",
        fresh.params,
    )
    yield Sql(
        "SELECT NULLIF(program_id, 0) AS program_id, NULLIF(cohort_id, 0) AS cohort_id, level, learners FROM tally"
    )
    execute("DROP TABLE tally")


def keep_other_writers_out() -> None:
    """Hold the scores until the transaction ends: others may read them, not write them.

    Under PostgreSQL's READ COMMITTED an UPDATE … FROM that had to wait for a row looks again at that row, but at the
    learner as it was before: it would put a stale score over the fresh one of a learner edited meanwhile. With this
    lock every edit has either been seen, or waits here and then scores itself with its own fresh data. SQLite needs
    nothing: its transactions take the one write lock when they begin.
    """
    if connection.vendor == "postgresql":
        execute("LOCK TABLE riskscoring_riskscore IN SHARE ROW EXCLUSIVE MODE")


def hold_learners(among: Sql) -> None:
    """Hold these learners' rows until the transaction ends, for the same reason; a caller who wrote them has them.

    Then let in nobody who keeps writers out, before anything of theirs is written: who holds a snapshot's row and then
    waits for the scores would deadlock with who holds the scores and waits for that row.
    """
    if connection.vendor == "postgresql":
        held = f"SELECT 1 FROM learners_learner WHERE id IN ({among.text}) ORDER BY id FOR NO KEY UPDATE"
        execute(f"SELECT count(*) FROM ({held}) AS held", among.params)
        execute("LOCK TABLE riskscoring_riskscore IN ROW EXCLUSIVE MODE")
