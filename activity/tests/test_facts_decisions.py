from datetime import UTC, date, datetime, timedelta

import pytest

from activity.facts import decisions
from activity.facts.services import apply_events, refresh
from activity.models import Attendance, Event, Interruption, Lesson, LessonProgress
from activity.tests.factories import LessonFactory, SessionFactory
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
ACTIVITY = "https://example.org/a"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def learner():
    cohort = CohortFactory()
    learner = LearnerFactory(cohort=cohort, program=cohort.program)
    Learner.objects.update(created_at=NOW - timedelta(days=60))
    learner.refresh_from_db()
    return learner


@pytest.fixture
def session(learner):
    """One of the learner's cohort, ten days ago, to which somebody else came."""
    session = SessionFactory(cohort=learner.cohort)
    other = LearnerFactory(cohort=learner.cohort, program=learner.program)
    decisions.record_attendance(session=session, learner=other, answer="attended", by=None)
    return session


def tell(learner, meaning, activity=ACTIVITY, at=NOW):
    event = Event(
        position=Event.objects.count() + 1, learner=learner, object_id=activity, meaning=meaning, occurred_at=at
    )
    event.save()
    apply_events([event])


def missed(learner):
    learner.refresh_from_db()
    return learner.consecutive_missed_sessions


def completed(learner):
    learner.refresh_from_db()
    return learner.completed_percent


def score(learner):
    return RiskScore.objects.get(learner=learner).score


def test_lesson_that_gets_a_date_is_owed_and_the_score_follows(learner):
    tell(learner, "")
    decisions.save_lesson(Lesson(program=learner.program, activity_id=ACTIVITY, title="Fractions", due_on=TODAY))
    assert completed(learner) == 0
    owing = score(learner)
    lesson = Lesson.objects.get()
    lesson.due_on = TODAY + timedelta(days=1)
    decisions.save_lesson(lesson)
    assert completed(learner) is None
    assert score(learner) != owing


def test_new_lesson_gets_the_answers_that_were_there_before_it(learner):
    tell(learner, "answered")
    decisions.save_lesson(Lesson(program=learner.program, activity_id=ACTIVITY, title="Fractions"))
    assert completed(learner) == 100


def test_lesson_with_another_activity_gets_its_events(learner):
    tell(learner, "answered")
    lesson = LessonFactory(program=learner.program)
    lesson.activity_id = ACTIVITY
    decisions.save_lesson(lesson)
    assert completed(learner) == 100
    lesson.activity_id = "https://example.org/other"
    decisions.save_lesson(lesson)
    assert not LessonProgress.objects.exists()


def test_deleted_lesson_is_owed_no_more(learner):
    tell(learner, "")
    lesson = LessonFactory(program=learner.program, due_on=TODAY)
    refresh(as_of=TODAY)
    assert completed(learner) == 0
    decisions.delete_lesson(lesson)
    assert completed(learner) is None


def test_new_session_knows_who_was_there_by_earlier_statements(learner):
    tell(learner, "attended", at=NOW - timedelta(days=10))
    decisions.save_session(SessionFactory.build(cohort=learner.cohort, activity_id=ACTIVITY))
    assert Attendance.objects.get().answer == "attended"
    assert missed(learner) == 0


def test_cancelled_session_is_missed_by_nobody(learner, session):
    assert missed(learner) == 1
    decisions.cancel_session(session)
    assert missed(learner) is None


def test_deleted_session_is_missed_by_nobody(learner, session):
    decisions.delete_session(session)
    assert missed(learner) is None


def test_what_staff_record_wins_over_statements(learner, session, staff):
    session.activity_id = ACTIVITY
    decisions.save_session(session)
    recorded = decisions.record_attendance(session=session, learner=learner, answer="excused", by=staff)
    assert recorded.recorded_by == staff
    tell(learner, "attended", at=session.starts_at)
    assert Attendance.objects.get(learner=learner).answer == "excused"
    decisions.withdraw_attendance(Attendance.objects.get(learner=learner))
    assert Attendance.objects.get(learner=learner).answer == "attended"


def test_first_record_by_hand_makes_known_who_else_was_not_there(learner, session):
    assert missed(learner) == 1
    assert score(learner) > 0


def test_sessions_of_an_interruption_are_not_missed_until_it_is_dismissed(learner, session, staff):
    day = session.starts_at.date()
    interruption = Interruption(cohort=learner.cohort, first_day=day, last_day=day)
    decisions.save_interruption(interruption)
    assert missed(learner) is None
    decisions.decide_interruption(interruption=interruption, decision="dismissed", by=staff)
    assert missed(learner) == 1
    assert Interruption.objects.get().decided_by == staff
    decisions.decide_interruption(interruption=interruption, decision="confirmed", by=staff)
    assert missed(learner) is None
    decisions.delete_interruption(interruption)
    assert missed(learner) == 1


def test_an_undecided_interruption_of_another_cohort_changes_nothing(learner, session):
    decisions.save_interruption(
        Interruption(cohort=CohortFactory(), first_day=date(2026, 11, 1), last_day=date(2026, 11, 19))
    )
    assert missed(learner) == 1
