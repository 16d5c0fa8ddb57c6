"""The definition of hours.py for all learners at once, kept in UsualHour. A property test holds the two together."""

from datetime import datetime

from django.db import connection, transaction

from learners.sql import execute

from .hours import EVENTS_AT_LEAST, HOURS, LOOKED_AT


@transaction.atomic
def refresh_usual_hours(now: datetime) -> int:
    """Every learner's usual hour as of `now`, in a fixed number of statements; how many rows were written or deleted.

    Who did too little in the last weeks has none.
    """
    execute(
        f"""CREATE TEMPORARY TABLE fresh_usual_hour AS
        WITH counted AS (
            SELECT e.learner_id, {_hour_of("e.occurred_at")} AS hour, COUNT(*) AS events
            FROM activity_event e WHERE e.occurred_at > {_moment()} AND e.occurred_at <= {_moment()}
            GROUP BY 1, 2
        ), weighed AS (
            SELECT c.learner_id, c.hour, c.events, 2 * c.events + COALESCE(SUM(beside.events), 0) AS weight
            FROM counted c LEFT JOIN counted beside ON beside.learner_id = c.learner_id
                AND beside.hour IN ((c.hour + 1) %% {HOURS}, (c.hour + {HOURS - 1}) %% {HOURS})
            GROUP BY c.learner_id, c.hour, c.events
        ), ranked AS (
            SELECT learner_id, hour, events, SUM(events) OVER (PARTITION BY learner_id) AS total,
                ROW_NUMBER() OVER (PARTITION BY learner_id ORDER BY weight DESC, events DESC, hour) AS turn
            FROM weighed
        )
        SELECT learner_id, hour, events FROM ranked WHERE turn = 1 AND total >= {EVENTS_AT_LEAST}""",
        [now - LOOKED_AT, now],
    )
    changed = execute(
        "DELETE FROM activity_usualhour WHERE learner_id NOT IN (SELECT learner_id FROM fresh_usual_hour)"
    )
    changed += execute(
        """INSERT INTO activity_usualhour AS stored (learner_id, hour, events)
        SELECT fresh.learner_id, fresh.hour, fresh.events
        FROM fresh_usual_hour fresh JOIN learners_learner l ON l.id = fresh.learner_id
        WHERE 1 = 1
        ON CONFLICT (learner_id) DO UPDATE SET hour = excluded.hour, events = excluded.events
        WHERE stored.hour <> excluded.hour OR stored.events <> excluded.events"""
    )
    execute("DROP TABLE fresh_usual_hour")  # after an error the rollback drops it
    return changed


def _hour_of(moment: str) -> str:
    """The hour in UTC. SQLite keeps times as text in UTC."""
    if connection.vendor == "sqlite":
        return f"CAST(substr({moment}, 12, 2) AS integer)"
    return f"CAST(EXTRACT(HOUR FROM {moment} AT TIME ZONE 'UTC') AS integer)"


def _moment() -> str:
    return "%s" if connection.vendor == "sqlite" else "%s::timestamptz"  # CREATE TABLE AS takes no untyped ones
