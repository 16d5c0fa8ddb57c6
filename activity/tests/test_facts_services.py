from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.facts.interruptions import open_interruptions
from activity.facts.lessons import assign_lessons
from activity.facts.services import apply_events, reapply, rebuild, refresh
from activity.models import ActiveDay, Attendance, Event, Interruption, LearnerFacts, Lesson
from activity.tests.factories import LessonFactory, SessionFactory
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def happen(*events):
    """These events come in, together."""
    assign_lessons(events)
    Event.objects.bulk_create(events)
    return apply_events(events)


def an_event(learner, meaning="completed", activity="https://example.org/a", mark=None, at=NOW, **values):
    return Event(
        position=values.pop("position", None) or Event.objects.count() + 1,
        learner=learner,
        verb="http://adlnet.gov/expapi/verbs/x",
        object_id=activity,
        meaning=meaning,
        mark=mark,
        mark_counts=mark is not None,
        occurred_at=at,
        **values,
    )


def inputs(learner):
    learner.refresh_from_db()
    return (
        learner.last_login,
        learner.completed_percent,
        learner.avg_quiz_score,
        learner.consecutive_missed_sessions,
    )


def test_no_events_change_nobody():
    assert apply_events([]) == set()


def test_event_gives_its_learner_what_it_says():
    learner, other = LearnerFactory(), LearnerFactory()
    assert happen(an_event(learner, mark=Decimal("80.00"))) == {learner.pk}
    assert inputs(learner) == (NOW, 100, 80, 0)
    assert inputs(other) == (None, None, None, None)


def test_event_that_was_applied_changes_nothing_again():
    learner = LearnerFactory()
    event = an_event(learner, mark=Decimal("80.00"))
    happen(event)
    assert apply_events([event]) == set()


def test_inputs_of_which_events_say_nothing_stay_as_imported():
    learner = LearnerFactory(completed_percent=40, avg_quiz_score=50, consecutive_missed_sessions=3)
    happen(an_event(learner, meaning=""))
    assert inputs(learner) == (NOW, 40, 50, 0)


def test_later_imported_login_stays():
    seen = NOW + timedelta(hours=1)
    learner = LearnerFactory(last_login=seen)
    happen(an_event(learner))
    assert inputs(learner)[0] == seen


def test_lessons_that_were_only_found_say_nothing_against_an_imported_share_of_work():
    learner = LearnerFactory(completed_percent=20)
    happen(an_event(learner, mark=80))
    assert inputs(learner) == (NOW, 20, 80, 0)
    late = LearnerFactory()
    happen(an_event(late, position=2))
    assert inputs(late)[1] == 100
    Learner.objects.filter(pk=late.pk).update(completed_percent=20)  # an import that came after the events
    assert reapply(Learner.objects.filter(pk=late.pk)) == set()
    assert inputs(late)[1] == 20
    LessonFactory(program=learner.program, due_on=TODAY)  # now it is known what is due
    reapply(Learner.objects.filter(pk=learner.pk))
    assert inputs(learner)[1] == 50


def test_what_a_voided_statement_said_is_gone():
    learner = LearnerFactory()
    happen(an_event(learner, at=NOW - timedelta(days=3), meaning=""), an_event(learner, mark=0, position=2))
    assert inputs(learner) == (NOW, 100, 0, 0)
    Event.objects.filter(pk=2).delete()
    assert rebuild([learner.pk]) == {learner.pk}
    assert inputs(learner) == (NOW - timedelta(days=3), None, None, 0)
    Event.objects.all().delete()
    assert rebuild([learner.pk]) == {learner.pk}
    assert inputs(learner) == (None, None, None, None)


def test_facts_win_over_imported_values():
    learner = LearnerFactory()
    LessonFactory(program=learner.program, activity_id="https://example.org/a", due_on=TODAY)
    happen(an_event(learner, mark=80))
    Learner.objects.filter(pk=learner.pk).update(completed_percent=1, avg_quiz_score=None, last_login=None)
    assert reapply(Learner.objects.filter(pk=learner.pk)) == {learner.pk}
    assert inputs(learner) == (NOW, 100, 80, 0)
    assert reapply(Learner.objects.all()) == set()


def test_who_moves_to_another_program_gets_its_lessons():
    learner = LearnerFactory()
    other = ProgramFactory(name="Another")
    LessonFactory(program=other, due_on=TODAY)
    happen(an_event(learner, object_name="Fractions"))
    learner.program = other
    learner.save()
    reapply(Learner.objects.filter(pk=learner.pk))
    assert inputs(learner)[1] == 50
    assert Lesson.objects.get(program=other, activity_id="https://example.org/a").title == "Fractions"


def test_learner_without_a_program_has_no_lessons():
    learner = LearnerFactory(program=None)
    happen(an_event(learner))
    assert not Lesson.objects.exists()
    assert inputs(learner) == (NOW, None, None, 0)


def test_who_moves_to_another_cohort_leaves_its_sessions():
    session = SessionFactory(activity_id="https://example.org/s")
    learner = LearnerFactory(cohort=session.cohort, program=session.cohort.program)
    happen(an_event(learner, meaning="attended", activity="https://example.org/s", at=session.starts_at))
    learner.cohort = CohortFactory(program=learner.program)
    learner.save()
    reapply(Learner.objects.filter(pk=learner.pk))
    assert not Attendance.objects.exists()
    assert inputs(learner)[3] == 1  # a study week


def test_first_record_of_a_session_makes_known_who_was_not_there():
    session = SessionFactory(activity_id="https://example.org/s")
    came, other = LearnerFactory.create_batch(2, cohort=session.cohort, program=session.cohort.program)
    Learner.objects.update(created_at=session.starts_at - timedelta(days=1))
    attended = an_event(came, meaning="attended", activity="https://example.org/s", at=session.starts_at)
    assert happen(attended) == {came.pk, other.pk}
    assert inputs(other) == (None, None, None, 1)
    Event.objects.all().delete()
    assert rebuild([came.pk]) == {came.pk, other.pk}
    assert inputs(other)[3] is None


def test_first_progress_in_a_program_makes_known_who_has_none():
    lesson = LessonFactory(due_on=TODAY)
    learner, other = LearnerFactory.create_batch(2, program=lesson.program)
    assert happen(an_event(learner, activity=lesson.activity_id)) == {learner.pk, other.pk}
    assert inputs(other)[1] == 0
    assert happen(an_event(learner, activity=lesson.activity_id, at=NOW - timedelta(days=1))) == set()


def test_answer_counts_on_a_lesson_once_its_learner_has_begun_it():
    learner, other = LearnerFactory(), LearnerFactory()
    happen(an_event(learner, meaning="answered"), an_event(other, meaning="answered", position=2))
    assert not Lesson.objects.exists()
    happen(an_event(learner, meaning="begun"))
    assert inputs(learner)[1] == 100
    assert inputs(other)[1] is None


def test_answer_counts_on_a_lesson_that_staff_defined():
    lesson = LessonFactory()
    learner = LearnerFactory(program=lesson.program)
    happen(an_event(learner, meaning="answered", activity=lesson.activity_id))
    assert inputs(learner)[1] == 100


def test_lessons_become_due_and_weeks_pass_though_nobody_does_anything(monkeypatch):
    learner = LearnerFactory()
    LessonFactory(program=learner.program, due_on=TODAY + timedelta(days=7))
    happen(an_event(learner))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=7))
    assert refresh(as_of=TODAY + timedelta(days=7)) == {learner.pk}
    assert inputs(learner) == (NOW, 50, None, 1)


def test_one_program_can_be_refreshed_alone():
    learner, other = LearnerFactory(), LearnerFactory(program=ProgramFactory(name="Another"))
    happen(an_event(learner), an_event(other, position=2))
    Learner.objects.update(completed_percent=None)
    assert refresh(as_of=TODAY, program=other.program) == {other.pk}


def test_facts_are_written_only_when_they_change():
    learner = LearnerFactory()
    happen(an_event(learner))
    LearnerFacts.objects.update(as_of=date(2026, 1, 1))
    refresh(as_of=TODAY)
    assert LearnerFacts.objects.get().as_of == date(2026, 1, 1)


def test_refresh_of_a_house_without_statements_looks_at_no_learner():
    LearnerFactory(completed_percent=40)
    with CaptureQueriesContext(connection) as queries:
        assert refresh(as_of=TODAY) == set()
    assert not LearnerFacts.objects.exists()
    assert not any('FROM "learners_learner"' in query["sql"] for query in queries)


@pytest.mark.parametrize("size", [1, 40])
def test_number_of_queries_does_not_grow_with_events_or_learners(size, django_assert_max_num_queries):
    learners = LearnerFactory.create_batch(size)
    happen(*[an_event(learner, position=1000 + learner.pk) for learner in learners])
    later = [an_event(learner, mark=50, position=2000 + learner.pk) for learner in learners]
    assign_lessons(later)
    Event.objects.bulk_create(later)
    with django_assert_max_num_queries(13):
        assert apply_events(later) == {learner.pk for learner in learners}
    with django_assert_max_num_queries(16):
        refresh(as_of=TODAY)


def test_lessons_with_names_too_long_for_an_index_are_none():
    learner = LearnerFactory()
    happen(an_event(learner, activity="https://example.org/" + "অ" * 400))
    assert not Lesson.objects.exists()
    assert inputs(learner)[0] == NOW


def test_discovered_lesson_is_named_by_its_activity_or_by_the_end_of_its_iri():
    learner = LearnerFactory()
    happen(
        an_event(learner, object_name="Fractions"),
        an_event(learner, activity="https://example.org/long%20division/", position=2),
    )
    assert set(Lesson.objects.values_list("title", "discovered")) == {("Fractions", True), ("long division", True)}


@pytest.fixture
def silent_cohort():
    """Six learners, active every day of four weeks, and not at all in the three days before today."""
    cohort = CohortFactory()
    learners = LearnerFactory.create_batch(6, cohort=cohort, program=cohort.program)
    happen(
        *[
            an_event(learner, meaning="", position=learner.pk * 100 + days, at=NOW - timedelta(days=days))
            for learner in learners
            for days in range(4, 40)
        ]
    )
    return cohort


def test_silence_of_a_cohort_is_one_interruption_that_lasts(silent_cohort, monkeypatch):
    refresh(as_of=TODAY)
    found = Interruption.objects.get()
    assert (found.cohort, found.first_day, found.last_day) == (silent_cohort, date(2026, 11, 17), date(2026, 11, 19))
    assert found.recognised
    assert list(open_interruptions(as_of=TODAY)) == [found]
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=9))
    refresh(as_of=TODAY + timedelta(days=9))
    found.refresh_from_db()
    assert (found.first_day, found.last_day) == (date(2026, 11, 17), date(2026, 11, 28))
    assert set(Learner.objects.values_list("consecutive_missed_sessions", flat=True)) == {0}


def test_dismissed_interruption_counts_and_is_not_recognised_again(silent_cohort, monkeypatch):
    refresh(as_of=TODAY)
    Interruption.objects.update(decision="dismissed")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=9))
    refresh(as_of=TODAY + timedelta(days=9))
    assert Interruption.objects.get().last_day == date(2026, 11, 19)
    assert not open_interruptions(as_of=TODAY).exists()
    assert set(Learner.objects.values_list("consecutive_missed_sessions", flat=True)) == {1}


def test_confirmed_interruption_goes_on_while_it_lasts(silent_cohort):
    refresh(as_of=TODAY)
    Interruption.objects.update(decision="confirmed")
    refresh(as_of=TODAY + timedelta(days=2))
    assert Interruption.objects.get().last_day == date(2026, 11, 21)


def test_entered_interruption_is_left_as_it_is(silent_cohort):
    Interruption.objects.create(cohort=silent_cohort, first_day=date(2026, 11, 17), last_day=date(2026, 11, 17))
    refresh(as_of=TODAY)
    assert Interruption.objects.get().last_day == date(2026, 11, 17)


def test_late_statements_show_that_there_was_none(silent_cohort):
    refresh(as_of=TODAY)
    learners = Learner.objects.all()
    happen(*[an_event(learner, "", position=10_000 + learner.pk, at=NOW - timedelta(days=2)) for learner in learners])
    refresh(as_of=TODAY)
    assert not Interruption.objects.exists()


def test_few_learners_make_no_interruption(silent_cohort):
    ActiveDay.objects.filter(learner__in=Learner.objects.order_by("pk")[:2]).delete()
    refresh(as_of=TODAY)
    assert not Interruption.objects.exists()
