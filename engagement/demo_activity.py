"""What the demo's learners did, as their learning tools tell it: in one program, by the way that all statements take.

The facts that follow come to the very inputs that the made-up histories have, so the risk stays what it is. The other
programs have learners with imported inputs alone, as many real ones do.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from activity.changes import announce_facts
from activity.facts.services import refresh
from activity.folding import fold
from activity.models import Attendance, Lesson, Session
from activity.receiving import prepare
from activity.store.writing import store_statements
from activity.xapi.parsing import read_statements
from activity.xapi.versions import Version
from learners.models import Cohort, Learner, Program

from .demo_history import DAYS, QUIZ_ON, SESSIONS_ON, WORK_DUE_ON, Day

PROGRAM, SILENT_COHORT = "Digital Marketing", "Digital evenings"
SILENT_DAYS = 5
LOGINS_FOR_DAYS = 40  # as many as tell what is usual before the silence
AT_ONCE = 500
SITE = "https://learn.example.org/digital-marketing"
ADL = "http://adlnet.gov/expapi"
TOPICS = (
    "Who buys, and why", "A page that sells", "Words that are found", "Search ads", "Budgets and bids",
    "Letters by email", "Lists and consent", "Pictures and film", "Stories", "Social networks", "Groups and replies",
    "Partners", "Measuring visits", "Tests of two pages", "Funnels", "Customers who return", "Prices", "Local search",
    "Maps and reviews", "Mobile first", "Accessibility", "A plan for a month", "Reporting", "Final project",
    "Looking back", "What comes next", "Alumni",
)  # fmt: skip


def send_history(days: Mapping[Learner, list[Day]], *, now: datetime) -> None:
    """Make the program's lessons and sessions, send what its learners did, and bring the facts up to date."""
    days = {learner: done for learner, done in days.items() if learner.program and learner.program.name == PROGRAM}
    if not days:
        return
    calendar = [day.day for day in next(iter(days.values()))]
    program = Program.objects.get(name=PROGRAM)
    lessons = _make_lessons(program, calendar)
    _hold_sessions(days, calendar)
    statements = sorted(
        (statement for learner, done in days.items() for statement in _told(learner, done, lessons)),
        key=lambda statement: statement["timestamp"],
    )
    for start in range(0, len(statements), AT_ONCE):
        text = json.dumps(statements[start : start + AT_ONCE])
        store_statements(prepare(read_statements(text, version=Version.V1), version=Version.V1, key=None))
    while fold(limit=AT_ONCE):
        pass
    announce_facts(refresh(as_of=now.date()))


def _make_lessons(program: Program, calendar: list[date]) -> dict[date, Lesson]:
    """By the day on which they are due: pieces of work, which count, and quizzes, whose marks do. Three are to come."""
    ahead = [calendar[-1] + timedelta(days=number) for number in range(1, 11)]
    work = [day for day in [*calendar, *ahead] if day.weekday() in WORK_DUE_ON]
    quizzes = [day for day in calendar if day.weekday() == QUIZ_ON]
    lessons = {}
    for number, day in enumerate(work):
        lessons[day] = Lesson(activity_id=f"{SITE}/lessons/{number + 1}", title=TOPICS[number % len(TOPICS)])
    for number, day in enumerate(quizzes, start=1):
        lessons[day] = Lesson(activity_id=f"{SITE}/quizzes/{number}", title=f"Quiz {number}", counts=False)
    for order, day in enumerate(sorted(lessons), start=1):
        lessons[day].program, lessons[day].order, lessons[day].due_on = program, order, day
    Lesson.objects.bulk_create(lessons.values())
    return lessons


def _hold_sessions(days: Mapping[Learner, list[Day]], calendar: list[date]) -> None:
    dates = [number for number in range(DAYS) if calendar[number].weekday() in SESSIONS_ON]
    sessions: dict[tuple[int | None, int], Session] = {}
    for cohort in Cohort.objects.filter(program__name=PROGRAM):
        for count, number in enumerate(dates, start=1):
            start = datetime.combine(calendar[number], time(4), tzinfo=UTC)
            sessions[cohort.pk, number] = Session(
                cohort=cohort, title=f"Class {count}", starts_at=start, ends_at=start + timedelta(hours=1)
            )
    Session.objects.bulk_create(sessions.values())
    Attendance.objects.bulk_create(
        Attendance(
            session=sessions[learner.cohort_id, number],
            learner=learner,
            answer=Attendance.Answer.ATTENDED if done[number].attended else Attendance.Answer.MISSED,
            by_hand=True,
        )
        for learner, done in days.items()
        for number in dates
        if done[number].attended is not None
    )


def _told(learner: Learner, days: list[Day], lessons: Mapping[date, Lesson]) -> Iterator[dict[str, Any]]:
    """A learner's statements. What is handed in on a day without a login was sent on the day of the one before."""
    for number, day in enumerate(days):
        seen = day.inputs.last_login or datetime.combine(day.day, time(3), tzinfo=UTC)
        if day.has_logged_in and number >= DAYS - LOGINS_FOR_DAYS:
            yield _statement(
                learner, "https://w3id.org/xapi/adl/verbs/logged-in", SITE, PROGRAM, "activities/course", seen
            )
        if day.handed_in:
            lesson = lessons[day.day]
            yield _statement(
                learner, f"{ADL}/verbs/completed", lesson.activity_id, lesson.title, "activities/lesson", seen
            )
        if day.mark is not None:
            quiz, verb = lessons[day.day], "passed" if day.mark >= 50 else "failed"
            told = _statement(
                learner, f"{ADL}/verbs/{verb}", quiz.activity_id, quiz.title, "activities/assessment", seen
            )
            yield told | {"result": {"score": {"scaled": float(day.mark / 100)}, "success": verb == "passed"}}


def _statement(learner: Learner, verb: str, activity: str, title: str, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "actor": {"mbox": f"mailto:{learner.email}", "name": learner.name},
        "verb": {"id": verb},
        "object": {"id": activity, "definition": {"name": {"en": title}, "type": f"{ADL}/{kind}"}},
        "timestamp": at.isoformat(),
    }
