"""The same answer, try or hand-over from two sides at the same moment. Only PostgreSQL lets them meet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from learners.tests.threads import at_once
from nudges.answering.consent import unsubscribe_from_all
from nudges.answering.replies import receive_reply
from nudges.models import AutomationStop, Notice, Reply, Task, TaskEvent
from nudges.states import State
from nudges.tasks.handover import hand_over_unanswered
from nudges.tasks.services import AlreadyClosed, escalate_overdue, raise_task, record_outcome

from .factories import NudgeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("postgresql")]

NOW = timezone.now()


@pytest.fixture
def learner(coordinator):
    return LearnerFactory(owner=coordinator)


def test_an_answer_told_five_times_at_once_is_one(learner):
    def told():
        receive_reply(learner=learner, kind="help", channel="sms", at=NOW, provider_message_id="SM1")

    at_once(*[told] * 5)
    assert [model.objects.count() for model in (Reply, Task, AutomationStop, Notice)] == [1, 1, 1, 1]


def test_different_answers_at_once_make_one_task(learner):
    def tell(kind):
        return lambda: receive_reply(learner=learner, kind=kind, text="Hm", channel="sms", at=NOW)

    at_once(*[tell(kind) for kind in ("help", "text", "fine", "text", "help")])
    assert Reply.objects.count() == 5
    assert Task.objects.get().cause == "help"
    assert set(AutomationStop.objects.values_list("cause", flat=True)) == {"help", "reply", "fine"}


def test_one_try_pressed_by_two_counts_once(learner):
    task = raise_task(learner=learner, cause="help", now=NOW)
    at_once(*[lambda: record_outcome(task=task, outcome="voicemail", by=None, tries=0, now=NOW)] * 4)
    task.refresh_from_db()
    assert task.tries == 1


def test_a_task_is_closed_once_whoever_is_first(learner):
    task = raise_task(learner=learner, cause="help", now=NOW)
    refused = []

    def reach():
        try:
            record_outcome(task=task, outcome="reached", by=None, now=NOW)
        except AlreadyClosed:
            refused.append(1)

    at_once(*[reach] * 4)
    assert len(refused) == 3
    assert TaskEvent.objects.filter(kind="closed").count() == 1


def test_two_hand_overs_and_a_person_at_once_make_one_task(learner):
    for days in (9, 2):
        NudgeFactory(
            learner=learner, state=State.DELIVERED, origin="reminder", goal="campaign:1", due_at=NOW - timedelta(days)
        )
    at_once(
        *[lambda: hand_over_unanswered(NOW)] * 3,
        lambda: raise_task(learner=learner, cause="by_hand", goal="campaign:1", now=NOW),
    )
    assert Task.objects.count() == 1
    assert AutomationStop.objects.count() <= 1


def test_two_escalations_at_once_tell_once(learner, coordinator):
    for number in range(10):
        raise_task(learner=learner, cause="help", goal=f"lesson:{number}", now=NOW)
    Task.objects.update(due_on=NOW.date() - timedelta(days=1))
    at_once(*[lambda: escalate_overdue(NOW)] * 3)
    assert Notice.objects.filter(user=coordinator, kind="escalated").count() == 10


def test_unsubscribing_twice_at_once_is_written_once(learner):
    ContactPreferenceFactory(learner=learner, channel="sms")
    at_once(*[lambda: unsubscribe_from_all(learner=learner, source="the page")] * 4)
    sms = learner.preferences.get(channel="sms")
    assert not sms.allowed
    assert sms.history.filter(allowed=False).count() == 1
