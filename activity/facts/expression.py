"""The definition of rules.py as one SELECT, for any number of learners at once.

Both must agree to the last digit, on SQLite and on PostgreSQL: a property test holds them together.
"""

from datetime import datetime

from django.db import connection

from learners.sql import Sql

from .rules import DAYS_IN_STUDY_WEEK
from .sql import day_number, day_of, differ, greatest, hundredths, least

# Pauses of a cohort: what staff have not dismissed.
PAUSES = "activity_interruption pause"
HOLDS = "pause.decision <> 'dismissed'"
# Of a session it is known who came.
RECORDED = """EXISTS (SELECT 1 FROM activity_attendance kept
    WHERE kept.session_id = s.id AND kept.answer IN ('attended', 'missed', 'excused'))"""
# Some learner of a program has got somewhere in it: the tools that it uses do report to us.
CONNECTED = """EXISTS (SELECT 1 FROM activity_lesson any_lesson
    JOIN activity_lessonprogress any_progress ON any_progress.lesson_id = any_lesson.id
    WHERE any_lesson.program_id = {program})"""

# What the facts say, and the four inputs of a learner `l` that follow from a row `f` of fresh facts and the stored `o`.
FACTS = {
    "last_activity_at": "f.last_activity_at",
    "lessons_due": "f.lessons_due",
    "lessons_completed": "f.lessons_completed",
    "completed_percent": "f.completed / 100.0",
    "marks": "f.marks",
    "avg_quiz_score": "f.quiz / 100.0",
    "consecutive_missed_sessions": "f.missed",
    "program_id": "f.program_id",
    "cohort_id": "f.cohort_id",
}
# The learner's program has lessons of which staff said something, so that it is known what is due.
PLANNED = """EXISTS (SELECT 1 FROM activity_lesson planned WHERE planned.program_id = f.program_id
    AND (NOT planned.discovered OR planned.due_on IS NOT NULL OR planned."order" IS NOT NULL))"""
SAYING = "f.last_activity_at IS NOT NULL OR f.completed IS NOT NULL OR f.quiz IS NOT NULL OR f.missed IS NOT NULL"


def fresh_facts(*, moment: datetime, among: Sql) -> Sql:
    """A SELECT of what the events say now of each learner whose id is IN (`among`).

    learner_id, program_id, cohort_id, last_activity_at, lessons_due, lessons_completed, marks, and in hundredths
    `completed` and `quiz`, and `missed`; null where they say nothing.
    """
    as_of = moment.date()
    joined_at = "CASE WHEN c.first_at < c.created_at THEN c.first_at ELSE c.created_at END"
    attended_at = """(SELECT MAX(s.ends_at) FROM activity_attendance own
        JOIN activity_session s ON s.id = own.session_id
        WHERE own.learner_id = l.id AND own.answer = 'attended'
            AND s.cohort_id = l.cohort_id AND s.cancelled_at IS NULL AND s.ends_at <= %s)"""
    today = day_number("%s")
    last_day, begun_on = day_number(day_of("c.last_activity_at")), day_number(day_of("progress.begun_at"))
    paused = _days_paused(since=last_day, today=today)
    days_since_begun = f"""{today} - {begun_on} - COALESCE((SELECT SUM({_days_paused(since=begun_on, today=today)})
        FROM {PAUSES} WHERE pause.cohort_id = c.cohort_id AND {HOLDS}), 0)"""
    weeks = f"{greatest('0', f'{today} - {last_day} - COALESCE(paused.days, 0)')} / {DAYS_IN_STUDY_WEEK}"
    materialized = "MATERIALIZED" if connection.vendor == "postgresql" else ""
    text = f"""
    WITH c AS {materialized} (
        SELECT l.id, l.program_id, l.cohort_id, l.created_at,
            (SELECT MAX(e.occurred_at) FROM activity_event e WHERE e.learner_id = l.id) AS last_activity_at,
            (SELECT MIN(e.occurred_at) FROM activity_event e WHERE e.learner_id = l.id) AS first_at,
            {attended_at} AS attended_at
        FROM learners_learner l WHERE l.id IN ({among.text})
    ), furthest AS (
        SELECT c.id, MAX(lesson."order") AS reached
        FROM c JOIN activity_lessonprogress progress ON progress.learner_id = c.id
        JOIN activity_lesson lesson ON lesson.id = progress.lesson_id AND lesson.program_id = c.program_id
        GROUP BY c.id
    ), connected AS (
        SELECT silent.program_id AS id
        FROM (SELECT DISTINCT program_id FROM c WHERE last_activity_at IS NULL AND program_id IS NOT NULL) silent
        WHERE {CONNECTED.format(program="silent.program_id")}
    ), work AS (
        SELECT c.id, COUNT(*) AS due, COUNT(progress.completed_at) AS completed
        FROM c JOIN activity_lesson lesson ON lesson.program_id = c.program_id AND lesson.counts
        LEFT JOIN activity_lessonprogress progress ON progress.learner_id = c.id AND progress.lesson_id = lesson.id
        LEFT JOIN furthest ON furthest.id = c.id
        WHERE (lesson.due_on <= %s OR (lesson.due_on IS NULL
                AND (progress.completed_at IS NOT NULL OR lesson."order" < furthest.reached
                    OR {days_since_begun} >= {DAYS_IN_STUDY_WEEK})))
            AND (c.last_activity_at IS NOT NULL OR c.program_id IN (SELECT id FROM connected))
        GROUP BY c.id
    ), quizzes AS (
        SELECT best.id, COUNT(*) AS marks, SUM(best.mark) AS total
        FROM (SELECT c.id, MAX({hundredths("e.mark")}) AS mark
            FROM c JOIN activity_event e ON e.learner_id = c.id AND e.mark_counts
            GROUP BY c.id, e.object_id) best
        GROUP BY best.id
    ), held AS {materialized} (
        SELECT s.id, s.cohort_id, s.starts_at, s.ends_at, {RECORDED} AS is_recorded
        FROM activity_session s
        WHERE s.cancelled_at IS NULL AND s.ends_at <= %s AND s.cohort_id IN (SELECT cohort_id FROM c)
            AND NOT EXISTS (SELECT 1 FROM {PAUSES} WHERE pause.cohort_id = s.cohort_id AND {HOLDS}
                AND {day_of("s.starts_at")} BETWEEN pause.first_day AND pause.last_day)
    ), missed AS (
        SELECT c.id, COUNT(*) AS sessions
        FROM c JOIN held ON held.cohort_id = c.cohort_id AND (c.attended_at IS NULL OR held.ends_at > c.attended_at)
        LEFT JOIN activity_attendance own ON own.session_id = held.id AND own.learner_id = c.id
        WHERE own.answer IN ('missed', 'booked')
            OR (own.id IS NULL AND held.is_recorded AND held.starts_at >= {joined_at})
        GROUP BY c.id
    ), paused AS (
        SELECT c.id, SUM({paused}) AS days
        FROM c JOIN {PAUSES} ON pause.cohort_id = c.cohort_id AND {HOLDS}
        WHERE c.last_activity_at IS NOT NULL
        GROUP BY c.id
    )
    SELECT c.id AS learner_id, c.program_id, c.cohort_id, c.last_activity_at,
        COALESCE(work.due, 0) AS lessons_due, COALESCE(work.completed, 0) AS lessons_completed,
        (20000 * work.completed + work.due) / (2 * work.due) AS completed,
        COALESCE(quizzes.marks, 0) AS marks,
        CAST((2 * quizzes.total + quizzes.marks) / (2 * quizzes.marks) AS integer) AS quiz,
        CASE WHEN c.attended_at IS NOT NULL OR missed.id IS NOT NULL THEN COALESCE(missed.sessions, 0)
            WHEN c.last_activity_at IS NOT NULL THEN {weeks} END AS missed
    FROM c LEFT JOIN work ON work.id = c.id LEFT JOIN quizzes ON quizzes.id = c.id
    LEFT JOIN missed ON missed.id = c.id LEFT JOIN paused ON paused.id = c.id"""
    return Sql(text, [moment, *among.params, as_of, as_of, as_of, moment, as_of, as_of])


def _days_paused(*, since: str, today: str) -> str:
    """Of a row `pause`, the days after the day numbered `since`, up to today."""
    first, last = day_number("pause.first_day"), day_number("pause.last_day")
    return greatest("0", f"{least(last, today)} - {greatest(first, f'{since} + 1')} + 1")


def learner_values() -> dict[str, str]:
    """The four inputs of a learner `l`, from a row `f` of fresh facts and `o`, the stored facts or nulls.

    Facts win where they say something. What they said once and say no more (a statement was voided) is gone; where they
    have never said anything, the learner keeps what was imported. Lessons that were only found in statements are not
    all that is due: against an imported share of work they say nothing.
    """
    known_otherwise = f"CASE WHEN {differ('l.last_login', 'o.last_activity_at')} THEN l.last_login END"
    last_login = greatest(
        f"COALESCE(f.last_activity_at, {known_otherwise})", f"COALESCE({known_otherwise}, f.last_activity_at)"
    )
    return {
        "last_login": last_login,
        "completed_percent": f"""CASE WHEN l.completed_percent IS NOT NULL
            AND {differ("l.completed_percent", "o.completed_percent")} AND NOT {PLANNED} THEN l.completed_percent
            ELSE {_kept("completed_percent", FACTS["completed_percent"])} END""",
        "avg_quiz_score": _kept("avg_quiz_score", FACTS["avg_quiz_score"]),
        "consecutive_missed_sessions": _kept("consecutive_missed_sessions", FACTS["consecutive_missed_sessions"]),
    }


def _kept(name: str, fact: str) -> str:
    return f"CASE WHEN o.{name} IS NULL THEN COALESCE({fact}, l.{name}) ELSE {fact} END"
