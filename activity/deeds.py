"""What one learner did, for the page about them: the latest events, the lessons, and the sessions."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.models import Learner
from learners.words import ago, exactly

from .models import Attendance, Event, LearnerFacts, Session
from .words import deed
from .xapi.iris import last_word

EVENTS_SHOWN = 12
SESSIONS_SHOWN = 8


@dataclass(frozen=True)
class Deed:
    sentence: str
    when: str
    when_exact: str


@dataclass(frozen=True)
class PastSession:
    """`answer` is an Attendance.Answer, or blank where nobody wrote anything down. Booked, and not there, is missed."""

    title: str
    when: str
    when_exact: str
    answer: str
    answer_words: str


@dataclass(frozen=True)
class Deeds:
    lessons: str  # in a sentence; blank when no statement told anything yet
    events: list[Deed]
    sessions: list[PastSession]


def deeds_of(learner: Learner, *, now: datetime) -> Deeds:
    """In four queries at most."""
    facts = LearnerFacts.objects.filter(learner=learner).only("lessons_due", "lessons_completed").first()
    events = Event.objects.filter(learner=learner).select_related("lesson").order_by("-occurred_at", "-position")
    return Deeds(
        lessons=_lessons(facts) if facts else "",
        events=[
            Deed(
                deed(verb=event.verb, what=_name_of(event), mark=event.mark),
                ago(event.occurred_at, now.date()),
                exactly(event.occurred_at),
            )
            for event in events[:EVENTS_SHOWN]
        ],
        sessions=_sessions(learner, now),
    )


def _lessons(facts: LearnerFacts) -> str:
    if not facts.lessons_due:
        return _("No lesson is due yet.")
    return ngettext(
        "Completed %(completed)d of %(due)d lesson that is due.",
        "Completed %(completed)d of %(due)d lessons that are due.",
        facts.lessons_due,
    ) % {"completed": facts.lessons_completed, "due": facts.lessons_due}


def _name_of(event: Event) -> str:
    if event.lesson:
        return event.lesson.title
    return event.object_name or last_word(event.object_id) or event.object_id


def _sessions(learner: Learner, now: datetime) -> list[PastSession]:
    if learner.cohort_id is None:
        return []
    past = Session.objects.filter(cohort=learner.cohort_id, ends_at__lt=now, cancelled_at=None).order_by("-starts_at")
    sessions = list(past[:SESSIONS_SHOWN])
    records = Attendance.objects.filter(learner=learner, session__in=sessions)
    answers = dict(records.values_list("session_id", "answer")) if sessions else {}
    return [_past_session(session, answers.get(session.pk, ""), now) for session in sessions]


def _past_session(session: Session, answer: str, now: datetime) -> PastSession:
    if answer == Attendance.Answer.BOOKED:
        answer = Attendance.Answer.MISSED
    return PastSession(
        session.title,
        ago(session.starts_at, now.date()),
        exactly(session.starts_at),
        answer,
        str(Attendance.Answer(answer).label) if answer else _("nothing recorded"),
    )
