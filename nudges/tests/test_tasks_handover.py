import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from activity.models import Lesson, LessonProgress
from activity.tests.factories import LessonFactory
from learners.models import Learner
from learners.tests.factories import LearnerFactory, ProgramFactory
from nudges import gate
from nudges.models import AutomationStop, ContactPolicy, Nudge, Reply, Task
from nudges.states import State
from nudges.tasks.handover import AT_ONCE, hand_over_unanswered
from nudges.tasks.services import close_task

from .factories import NudgeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def ago(**time):
    return NOW - timedelta(**time)


@pytest.fixture
def learner(coordinator):
    return LearnerFactory(owner=coordinator)


def sent(learner, *days, goal="campaign:1", origin="reminder", state=State.DELIVERED):
    for number in days:
        NudgeFactory(
            learner=learner, state=state, origin=origin, goal=goal, due_at=ago(days=number), sent_at=ago(days=number)
        )


def test_two_unanswered_nudges_stop_automation_and_make_a_task(learner, coordinator):
    sent(learner, 9, 2)
    assert hand_over_unanswered(NOW) == 1
    task = Task.objects.get()
    assert (task.learner, task.goal, task.owner, task.cause) == (learner, "campaign:1", coordinator, "unanswered")
    assert list(task.events.values_list("kind", flat=True)) == ["raised"]
    stop = AutomationStop.objects.get()
    assert (stop.goal, stop.cause, stop.until) == ("campaign:1", "unanswered", None)


def test_done_again_it_makes_no_second_task(learner):
    sent(learner, 9, 2)
    assert [hand_over_unanswered(NOW), hand_over_unanswered(NOW)] == [1, 0]


def test_a_closed_task_comes_back_only_after_another_message(learner):
    sent(learner, 9, 2)
    hand_over_unanswered(NOW)
    Task.objects.update(created_at=NOW)
    close_task(task=Task.objects.get(), by=None, now=NOW)
    assert hand_over_unanswered(NOW + timedelta(days=1)) == 0
    sent(learner, -3)
    assert hand_over_unanswered(NOW + timedelta(days=5)) == 1


def test_one_message_is_not_enough(learner):
    sent(learner, 2)
    assert hand_over_unanswered(NOW) == 0


def test_the_last_message_has_a_day_to_be_answered(learner):
    sent(learner, 9, 0.5)
    assert hand_over_unanswered(NOW) == 0
    assert hand_over_unanswered(NOW + timedelta(hours=12)) == 1


@pytest.mark.parametrize("what", ["came", "wrote"])
def test_who_came_or_wrote_since_has_answered(learner, what):
    sent(learner, 9, 2)
    if what == "came":
        learner.last_login = ago(days=1)
        learner.save()
    else:
        Reply.objects.create(learner=learner, channel="sms", kind="text", at=ago(days=1))
    assert hand_over_unanswered(NOW) == 0


def test_an_answer_before_the_messages_does_not_count(learner):
    learner.last_login = ago(days=20)
    learner.save()
    Reply.objects.create(learner=learner, channel="sms", kind="text", at=ago(days=21))
    sent(learner, 9, 2)
    assert hand_over_unanswered(NOW) == 1


def test_three_on_one_goal_are_all_that_come_even_answered(learner):
    sent(learner, 20, 9, 2)
    learner.last_login = ago(days=1)
    learner.save()
    assert hand_over_unanswered(NOW) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.SUPPRESSED, State.CANCELLED, State.DRAFT])
def test_what_did_not_leave_needs_no_answer(learner, state):
    sent(learner, 9, 2, state=state)
    assert hand_over_unanswered(NOW) == 0


def test_messages_of_persons_alone_are_their_own_affair(learner):
    sent(learner, 9, 2, origin="person")
    assert hand_over_unanswered(NOW) == 0
    sent(learner, 3)
    assert hand_over_unanswered(NOW) == 1


def test_goals_are_counted_apart_and_no_goal_not_at_all(learner):
    sent(learner, 9, goal="campaign:1")
    sent(learner, 2, goal="campaign:2")
    sent(learner, 8, 7, 6, goal="")
    assert hand_over_unanswered(NOW) == 0


def test_what_is_too_long_ago_does_not_count(learner):
    sent(learner, 29, 2)
    assert hand_over_unanswered(NOW) == 0


def test_who_reached_the_goal_is_left_alone(learner):
    lesson = Lesson.objects.create(program=learner.program, activity_id="https://lms.example.org/1", title="Loops")
    sent(learner, 9, 2, goal=f"lesson:{lesson.pk}")
    progress = LessonProgress.objects.create(
        learner=learner, lesson=lesson, begun_at=NOW, last_at=NOW, completed_at=NOW
    )
    assert hand_over_unanswered(NOW) == 0
    progress.delete()
    assert hand_over_unanswered(NOW) == 1


@pytest.mark.parametrize("status", ["finished", "left"])
def test_who_is_not_in_the_course_any_more_is_left_alone(learner, status):
    learner.status = status
    learner.save()
    sent(learner, 9, 2)
    assert hand_over_unanswered(NOW) == 0


def test_each_program_has_its_own_limit(learner):
    ContactPolicy.objects.create(program=learner.program, unanswered_limit=3, max_per_goal=3)
    other = LearnerFactory(program=ProgramFactory(name="Other"))
    sent(learner, 9, 2)
    sent(other, 9, 2)
    assert hand_over_unanswered(NOW) == 1
    assert Task.objects.get().learner == other


def test_it_counts_as_the_gate_does(learner):
    sent(learner, 9, 2)
    purpose = gate.Purpose(is_automatic=True, goal="campaign:1")
    assert gate.decide_for([learner.pk], channel="in-app", now=NOW, purpose=purpose)[learner.pk].code == "handed_over"
    assert hand_over_unanswered(NOW) == 1


def test_many_learners_take_as_many_queries_as_one(coordinator, django_assert_max_num_queries):
    for _number in range(20):
        sent(LearnerFactory(owner=coordinator), 9, 2, goal="lesson:1")
        sent(LearnerFactory(owner=coordinator), 9, 2, goal="session:1")
    with django_assert_max_num_queries(16):
        hand_over_unanswered(NOW)
    for _number in range(20):
        sent(LearnerFactory(owner=coordinator), 9, 2)
    with django_assert_max_num_queries(16):
        assert hand_over_unanswered(NOW) == 20


@pytest.fixture
def few_values_in_a_statement(db):
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 2 * AT_ONCE)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("few_values_in_a_statement")
def test_more_learners_than_a_statement_takes_values_are_handed_over():
    learners = Learner.objects.bulk_create(Learner(name="Sana") for _number in range(2 * AT_ONCE + 1))
    Nudge.objects.bulk_create(
        Nudge(
            learner=learner, state="delivered", origin="reminder", goal="lesson:1", channel="in-app", type="reminder",
            language="en", source="template", due_at=ago(days=days),
        )
        for learner in learners
        for days in (9, 2)
    )  # fmt: skip
    lesson = LessonFactory(pk=1)
    Learner.objects.update(program=lesson.program)
    assert hand_over_unanswered(NOW) == Task.objects.count() == 2 * AT_ONCE + 1
