from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from activity.deeds import EVENTS_SHOWN, deeds_of
from activity.models import Attendance, Event, LearnerFacts, Lesson, Session
from activity.words import deed
from learners.tests.factories import CohortFactory, LearnerFactory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADL = "http://adlnet.gov/expapi/verbs"


@pytest.mark.parametrize(
    ("verb", "mark", "sentence"),
    [
        (f"{ADL}/completed", None, "Completed Loops"),
        (f"{ADL}/passed", Decimal("87.50"), "Passed Loops, 88%"),
        (f"{ADL}/failed", Decimal(0), "Did not pass Loops, 0%"),
        ("https://w3id.org/xapi/video/verbs/played", None, "Played Loops"),
        ("http://activitystrea.ms/schema/1.0/turned-in", None, "Handed in Loops"),
        ("http://example.org/verbs#jumped_over", None, "Jumped over: Loops"),
        ("urn:x:completed/", None, "Completed Loops"),
    ],
)
def test_verbs_are_said_in_plain_words(verb, mark, sentence):
    assert deed(verb=verb, what="Loops", mark=mark) == sentence


def test_names_of_activities_are_never_read_as_formats():
    assert deed(verb=f"{ADL}/completed", what="100% {what} %(x)s", mark=Decimal(5)) == "Completed 100% {what} %(x)s, 5%"


@pytest.fixture
def learner(db):
    cohort = CohortFactory()
    return LearnerFactory(program=cohort.program, cohort=cohort)


def event(learner, position, **values):
    known = {"verb": f"{ADL}/viewed", "object_id": "https://lms.example.org/pages/intro", "occurred_at": NOW}
    return Event.objects.create(position=position, learner=learner, **(known | values))


def test_latest_events_come_first_and_are_named_by_lesson_name_or_address(learner):
    lesson = Lesson.objects.create(program=learner.program, activity_id="https://lms.example.org/x", title="Loops")
    event(learner, 1, occurred_at=NOW - timedelta(days=3), object_name="Welcome")
    event(learner, 2, occurred_at=NOW - timedelta(days=1))
    event(learner, 3, verb=f"{ADL}/completed", lesson=lesson)
    event(LearnerFactory(), 4)
    assert [(one.sentence, one.when) for one in deeds_of(learner, now=NOW).events] == [
        ("Completed Loops", "today"),
        ("Looked at intro", "yesterday"),
        ("Looked at Welcome", "3 days ago"),
    ]


def test_sessions_say_whether_they_came(learner):
    answers = {"Monday": "attended", "Tuesday": "booked", "Wednesday": "excused", "Thursday": ""}
    for days, (title, answer) in enumerate(answers.items()):
        start = NOW - timedelta(days=9 - days)
        session = Session.objects.create(
            cohort=learner.cohort, title=title, starts_at=start, ends_at=start.replace(hour=13)
        )
        if answer:
            Attendance.objects.create(session=session, learner=learner, answer=answer)
    hour = timedelta(hours=1)
    for title, start, cancelled in (("Tomorrow", NOW + 24 * hour, None), ("Cancelled", NOW - 24 * hour, NOW)):
        Session.objects.create(
            cohort=learner.cohort, title=title, starts_at=start, ends_at=start + hour, cancelled_at=cancelled
        )
    assert [(one.title, one.answer_words) for one in deeds_of(learner, now=NOW).sessions] == [
        ("Thursday", "nothing recorded"),
        ("Wednesday", "excused"),
        ("Tuesday", "missed"),
        ("Monday", "attended"),
    ]


@pytest.mark.parametrize(
    ("due", "completed", "words"),
    [
        (0, 0, "No lesson is due yet."),
        (1, 0, "Completed 0 of 1 lesson that is due."),
        (4, 3, "Completed 3 of 4 lessons that are due."),
    ],
)
def test_lessons_are_summed_in_a_sentence(learner, due, completed, words):
    LearnerFacts.objects.create(learner=learner, lessons_due=due, lessons_completed=completed, as_of=NOW.date())
    assert deeds_of(learner, now=NOW).lessons == words


def test_learner_of_whom_nothing_was_told_has_no_deeds(learner):
    nothing = deeds_of(learner, now=NOW)
    assert (nothing.lessons, nothing.events, nothing.sessions) == ("", [], [])


def test_a_long_history_takes_four_queries(learner, django_assert_max_num_queries):
    for number in range(EVENTS_SHOWN + 5):
        event(learner, number)
        start = NOW - timedelta(days=number + 1)
        Session.objects.create(
            cohort=learner.cohort, title="Class", starts_at=start, ends_at=start + timedelta(hours=1)
        )
    with django_assert_max_num_queries(4):
        assert len(deeds_of(learner, now=NOW).events) == EVENTS_SHOWN
