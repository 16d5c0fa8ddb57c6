from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Attendance, Lesson, LessonProgress, Session
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from nudges.goals import Kind, done_among, goal_of, parse

NOW = timezone.now()


@pytest.mark.parametrize("goal", ["", "reminder", "lesson", "lesson:", "lesson:x", "lesson:-1", "lesson:٣", "other:1"])
def test_other_words_are_goals_about_nothing_that_we_know(goal):
    assert parse(goal) is None


def test_goal_names_its_kind_and_its_number():
    assert parse(goal_of(Kind.LESSON, 7)) == (Kind.LESSON, 7)


@pytest.fixture
def learner(db):
    cohort = CohortFactory()
    return LearnerFactory(program=cohort.program, cohort=cohort)


@pytest.fixture
def lesson(learner):
    return Lesson.objects.create(program=learner.program, activity_id="https://a.example/1", title="Loops")


@pytest.fixture
def session(learner):
    return Session.objects.create(
        cohort=learner.cohort,
        title="Class",
        starts_at=NOW + timedelta(hours=2),
        ends_at=NOW + timedelta(hours=3),
    )


def is_done(learner, goal):
    return done_among([(learner.pk, goal)], now=NOW) == {(learner.pk, goal)}


def progress(learner, lesson, **fields):
    return LessonProgress.objects.create(learner=learner, lesson=lesson, begun_at=NOW, last_at=NOW, **fields)


def test_lesson_not_begun_is_not_done(learner, lesson):
    assert not is_done(learner, f"lesson:{lesson.pk}")


def test_lesson_begun_is_not_done(learner, lesson):
    progress(learner, lesson)
    assert not is_done(learner, f"lesson:{lesson.pk}")


def test_lesson_completed_is_done(learner, lesson):
    progress(learner, lesson, completed_at=NOW)
    assert is_done(learner, f"lesson:{lesson.pk}")


def test_what_another_learner_completed_is_not_done(learner, lesson):
    progress(LearnerFactory(program=learner.program), lesson, completed_at=NOW)
    assert not is_done(learner, f"lesson:{lesson.pk}")


def test_there_is_nothing_left_to_ask_of_a_lesson_that_is_gone(learner):
    assert is_done(learner, "lesson:999999")


def test_there_is_nothing_left_to_ask_of_a_lesson_that_does_not_count(learner, lesson):
    Lesson.objects.update(counts=False)
    assert is_done(learner, f"lesson:{lesson.pk}")


def test_there_is_nothing_left_to_ask_of_another_programs_lesson(lesson):
    assert is_done(LearnerFactory(program=ProgramFactory(name="Another")), f"lesson:{lesson.pk}")


def test_session_to_come_is_not_done(learner, session):
    assert not is_done(learner, f"session:{session.pk}")


def test_session_that_was_booked_is_not_done(learner, session):
    Attendance.objects.create(session=session, learner=learner, answer="booked")
    assert not is_done(learner, f"session:{session.pk}")


@pytest.mark.parametrize("answer", ["attended", "excused"])
def test_session_attended_or_excused_is_done(learner, session, answer):
    Attendance.objects.create(session=session, learner=learner, answer=answer)
    assert is_done(learner, f"session:{session.pk}")


@pytest.mark.parametrize("change", [{"starts_at": NOW}, {"cancelled_at": NOW}])
def test_session_that_has_begun_or_was_cancelled_is_done(learner, session, change):
    Session.objects.update(**change)
    assert is_done(learner, f"session:{session.pk}")


def test_there_is_nothing_left_to_ask_of_another_cohorts_session(session):
    assert is_done(LearnerFactory(), f"session:{session.pk}")


def test_word_is_never_done(learner):
    assert done_among([(learner.pk, "reminder"), (learner.pk, "campaign:3"), (learner.pk, "")], now=NOW) == set()


def test_nobody_and_nothing_cost_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert done_among([], now=NOW) == set()


def test_number_of_queries_does_not_grow(django_assert_num_queries, learner, lesson, session):
    learners = [learner, *LearnerFactory.create_batch(5, program=learner.program, cohort=learner.cohort)]
    pairs = [(one.pk, goal) for one in learners for goal in (f"lesson:{lesson.pk}", f"session:{session.pk}")]
    with django_assert_num_queries(5):
        assert done_among(pairs, now=NOW) == set()
