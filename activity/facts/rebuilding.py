"""From all events of some learners at once: the same as progress.py and attendance.py make as they come in."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import connection

from learners.sql import Sql, execute, rows

from ..models import Event, Lesson
from .attendance import ANSWER_OF, STRENGTH, on_conflict
from .lessons import ACTIVITY_ID_BYTES, make_lessons
from .meaning import COMPLETING, DISCOVERING, Meaning
from .progress import link_answers
from .rules import RECORDING
from .sql import NOBODY, day_of, differ, ids


def remake(among: Sql) -> set[int]:
    """All of it. Returns the cohorts of which a session has become recorded by this, or is recorded no more."""
    if among == NOBODY:
        return set()
    remake_lessons(among)
    remake_progress(among)
    if link_answers(among):
        remake_progress(among)
    remake_active_days(among)
    return remake_attendance(among)


def learners_who_moved_meanwhile(events: Iterable[Event]) -> set[int]:
    """Of these new events' learners, those who changed program since their lessons were assigned: others write too."""
    if connection.vendor == "sqlite":
        return set()
    positions = ids(event.position for event in events if event.meaning in DISCOVERING)
    found = rows(
        f"""SELECT DISTINCT e.learner_id FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
        LEFT JOIN activity_lesson lesson ON lesson.id = e.lesson_id
        WHERE e.position IN ({positions.text}) AND {differ("lesson.program_id", "l.program_id")}
            AND octet_length(e.object_id) <= {ACTIVITY_ID_BYTES}"""
    )
    return {learner for (learner,) in found}


def remake_lessons(among: Sql) -> None:
    """Make the lessons that are missing, and link the events to those of their learners' programs."""
    missing = rows(
        f"""SELECT l.program_id, e.object_id, MAX(e.object_name)
        FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
        LEFT JOIN activity_lesson lesson ON lesson.program_id = l.program_id AND lesson.activity_id = e.object_id
        WHERE e.learner_id IN ({among.text}) AND e.meaning IN ({listed(DISCOVERING)})
            AND l.program_id IS NOT NULL AND lesson.id IS NULL
        GROUP BY l.program_id, e.object_id""",
        among.params,
    )
    make_lessons({(program, activity): name for program, activity, name in missing})
    execute(
        f"""UPDATE activity_event SET lesson_id = linked.lesson_id
        FROM (SELECT e.position, lesson.id AS lesson_id
            FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
            LEFT JOIN activity_lesson lesson ON lesson.program_id = l.program_id AND lesson.activity_id = e.object_id
                AND e.meaning IN ({listed(DISCOVERING)})
            WHERE e.learner_id IN ({among.text})) linked
        WHERE activity_event.position = linked.position AND {differ("activity_event.lesson_id", "linked.lesson_id")}""",
        among.params,
    )


def link_lesson(lesson: Lesson) -> None:
    """Link the events about a lesson that staff have just defined, or whose activity they have changed.

    This reads all events of the program: it is rare, and an index by activity would cost every event that comes in.
    """
    execute("DELETE FROM activity_lessonprogress WHERE lesson_id = %s", [lesson.pk])
    execute("UPDATE activity_event SET lesson_id = NULL WHERE lesson_id = %s", [lesson.pk])
    execute(
        f"""UPDATE activity_event SET lesson_id = %s
        WHERE object_id = %s AND meaning IN ({listed({*DISCOVERING, *COMPLETING})})
            AND learner_id IN (SELECT id FROM learners_learner WHERE program_id = %s)""",
        [lesson.pk, lesson.activity_id, lesson.program_id],
    )
    _insert_progress(Sql("e.lesson_id = %s", [lesson.pk]))


def remake_progress(among: Sql) -> None:
    execute(f"DELETE FROM activity_lessonprogress WHERE learner_id IN ({among.text})", among.params)
    _insert_progress(Sql(f"e.learner_id IN ({among.text}) AND e.lesson_id IS NOT NULL", among.params))


def _insert_progress(which: Sql) -> None:
    execute(
        f"""INSERT INTO activity_lessonprogress (learner_id, lesson_id, begun_at, last_at, completed_at, best_mark)
        SELECT e.learner_id, e.lesson_id, MIN(e.occurred_at), MAX(e.occurred_at),
            MIN(CASE WHEN e.meaning IN ({listed(COMPLETING)}) THEN e.occurred_at END),
            MAX(CASE WHEN e.mark_counts THEN e.mark END)
        FROM activity_event e WHERE {which.text} GROUP BY e.learner_id, e.lesson_id""",
        which.params,
    )


def remake_active_days(among: Sql) -> None:
    execute(f"DELETE FROM activity_activeday WHERE learner_id IN ({among.text})", among.params)
    execute(
        f"""INSERT INTO activity_activeday (learner_id, day)
        SELECT DISTINCT e.learner_id, {day_of("e.occurred_at")} FROM activity_event e
        WHERE e.learner_id IN ({among.text})""",
        among.params,
    )


def remake_attendance(among: Sql) -> set[int]:
    before = _recorded_by(among)
    execute(f"DELETE FROM activity_attendance WHERE learner_id IN ({among.text}) AND NOT by_hand", among.params)
    _insert_attendance(Sql(f"e.learner_id IN ({among.text})", among.params))
    changed = before ^ _recorded_by(among)
    if not changed:
        return set()
    others = rows(
        f"""SELECT DISTINCT session_id FROM activity_attendance
        WHERE session_id IN ({", ".join(map(str, changed))}) AND learner_id NOT IN ({among.text})
            AND answer IN ({listed(RECORDING)})""",
        among.params,
    )
    changed -= {session for (session,) in others}
    found = rows(f"SELECT cohort_id FROM activity_session WHERE id IN ({', '.join(map(str, changed)) or 'NULL'})")
    return {cohort for (cohort,) in found}


def link_session(session_id: int) -> None:
    """What earlier events say of a session that staff have just entered, or whose activity they have changed."""
    execute("DELETE FROM activity_attendance WHERE session_id = %s AND NOT by_hand", [session_id])
    _insert_attendance(Sql("s.id = %s", [session_id]))


def _insert_attendance(which: Sql) -> None:
    answers = " ".join(f"WHEN '{meaning.value}' THEN {STRENGTH[answer]}" for meaning, answer in ANSWER_OF.items())
    names = " ".join(f"WHEN {strength} THEN '{answer}'" for answer, strength in STRENGTH.items())
    execute(
        f"""INSERT INTO activity_attendance AS a (session_id, learner_id, answer, booked_at, by_hand)
        SELECT said.session_id, said.learner_id, CASE said.strength {names} END, said.booked_at, %s
        FROM (SELECT s.id AS session_id, e.learner_id, MAX(CASE e.meaning {answers} END) AS strength,
                MIN(CASE WHEN e.meaning = '{Meaning.BOOKED.value}' THEN e.occurred_at END) AS booked_at
            FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
            JOIN activity_session s ON s.cohort_id = l.cohort_id AND s.activity_id = e.object_id
            WHERE e.object_id <> '' AND e.meaning IN ({listed(ANSWER_OF)}) AND {which.text}
            GROUP BY s.id, e.learner_id) said
        WHERE true {on_conflict()}""",
        [False, *which.params],
    )


def _recorded_by(among: Sql) -> set[int]:
    """The sessions to whose being recorded these learners add."""
    found = rows(
        f"""SELECT DISTINCT session_id FROM activity_attendance
        WHERE learner_id IN ({among.text}) AND answer IN ({listed(RECORDING)})""",
        among.params,
    )
    return {session for (session,) in found}


def listed(words: Iterable[StrEnum | str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
