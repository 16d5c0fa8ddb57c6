"""What a nudge asks a learner to do, and whether that is done already.

Nudges with the same goal are counted together. "lesson:7" is to finish a lesson, "session:7" to come to a session,
"campaign:7" what a campaign is for; any other word is a goal too, of which nobody can say when it is reached.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from activity.models import Attendance, Lesson, LessonProgress, Session
from learners.models import Learner


class Kind(StrEnum):
    LESSON = "lesson"
    SESSION = "session"
    CAMPAIGN = "campaign"


def goal_of(kind: Kind, pk: int) -> str:
    return f"{kind}:{pk}"


def parse(goal: str) -> tuple[Kind, int] | None:
    """What kind of thing it is about, and its primary key; None for a goal that is a word alone."""
    kind, colon, number = goal.partition(":")
    if not colon or kind not in set(Kind) or not (number.isascii() and number.isdecimal()):
        return None
    return Kind(kind), int(number)


def done_among(pairs: Iterable[tuple[int, str]], *, now: datetime) -> set[tuple[int, str]]:
    """Those of the pairs of a learner (primary key) and a goal of which there is nothing left to ask at `now`.

    A lesson is done once it is completed; a session when it has begun or was cancelled, and for who attended it or is
    excused. So is what is no concern of the learner any more: deleted, not counted, of another program or cohort. In a
    fixed number of queries.
    """
    asked: defaultdict[Kind, set[tuple[int, int]]] = defaultdict(set)
    for learner_id, goal in pairs:
        if (parsed := parse(goal)) is not None:
            asked[parsed[0]].add((learner_id, parsed[1]))
    places = _places(asked[Kind.LESSON] | asked[Kind.SESSION])
    return {
        (learner_id, goal_of(kind, pk))
        for kind, done in (
            (Kind.LESSON, _lessons_done(asked[Kind.LESSON], places)),
            (Kind.SESSION, _sessions_done(asked[Kind.SESSION], places, now=now)),
        )
        for learner_id, pk in done
    }


Places = dict[int, tuple[int | None, int | None]]


def _places(pairs: set[tuple[int, int]]) -> Places:
    """Each learner's program and cohort."""
    if not pairs:
        return {}
    rows = Learner.objects.filter(pk__in={learner for learner, _ in pairs}).values_list("pk", "program_id", "cohort_id")
    return {pk: (program, cohort) for pk, program, cohort in rows}


def _lessons_done(pairs: set[tuple[int, int]], places: Places) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    learners, lessons = {learner for learner, _ in pairs}, {lesson for _, lesson in pairs}
    program_of = dict(Lesson.objects.filter(pk__in=lessons, counts=True).values_list("pk", "program_id"))
    completed = set(
        LessonProgress.objects.filter(learner__in=learners, lesson__in=lessons, completed_at__isnull=False).values_list(
            "learner_id", "lesson_id"
        )
    )
    return {
        (learner, lesson)
        for learner, lesson in pairs
        if (learner, lesson) in completed
        or lesson not in program_of
        or places.get(learner, (None, None))[0] != program_of[lesson]
    }


def _sessions_done(pairs: set[tuple[int, int]], places: Places, *, now: datetime) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    learners, sessions = {learner for learner, _ in pairs}, {session for _, session in pairs}
    to_come = Session.objects.filter(pk__in=sessions, cancelled_at=None, starts_at__gt=now)
    cohort_of = dict(to_come.values_list("pk", "cohort_id"))
    settled = set(
        Attendance.objects.filter(
            learner__in=learners,
            session__in=sessions,
            answer__in=(Attendance.Answer.ATTENDED, Attendance.Answer.EXCUSED),
        ).values_list("learner_id", "session_id")
    )
    return {
        (learner, session)
        for learner, session in pairs
        if (learner, session) in settled
        or session not in cohort_of
        or places.get(learner, (None, None))[1] != cohort_of[session]
    }


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The lesson or session that a goal is about. `when` is the day on which a lesson is due, if it has one, or the
    moment at which a session begins."""

    title: str
    when: date | datetime | None
    minutes: int | None
    activity_id: str = ""  # the IRI by which tools name it: often, not always, its address


def aims_of(goals: Iterable[str]) -> dict[str, Aim]:
    """What these goals are about, in two queries at most; those that are words alone, or about what is gone, are left
    out."""
    asked: defaultdict[Kind, set[int]] = defaultdict(set)
    for goal in goals:
        if (parsed := parse(goal)) is not None:
            asked[parsed[0]].add(parsed[1])
    aims = {}
    if asked[Kind.LESSON]:
        for lesson in Lesson.objects.filter(pk__in=asked[Kind.LESSON]).order_by():
            aims[goal_of(Kind.LESSON, lesson.pk)] = Aim(
                title=lesson.title, when=lesson.due_on, minutes=lesson.minutes, activity_id=lesson.activity_id
            )
    if asked[Kind.SESSION]:
        for session in Session.objects.filter(pk__in=asked[Kind.SESSION]).select_related("lesson").order_by():
            aims[goal_of(Kind.SESSION, session.pk)] = Aim(
                title=session.title,
                when=session.starts_at,
                minutes=max(round((session.ends_at - session.starts_at).total_seconds() / 60), 1),
                activity_id=session.activity_id or (session.lesson.activity_id if session.lesson else ""),
            )
    return aims
