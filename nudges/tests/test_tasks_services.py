from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.answering.stops import stop_automation
from nudges.models import AutomationStop, Notice, Task, TaskEvent
from nudges.tasks.rules import PromiseNeedsDate
from nudges.tasks.services import (
    AlreadyClosed,
    add_note,
    close_task,
    escalate_overdue,
    hand_over,
    raise_task,
    record_outcome,
)

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def learner(coordinator):
    return LearnerFactory(owner=coordinator)


def raised(learner, cause="unanswered", **more):
    return raise_task(learner=learner, cause=cause, **{"now": FRIDAY, **more})


def tried(task, outcome="voicemail", **more):
    step = record_outcome(task=task, outcome=outcome, **{"by": None, "now": FRIDAY, **more})
    task.refresh_from_db()
    return step


def kinds(task):
    return list(task.events.values_list("kind", flat=True))


def notices(user):
    return list(Notice.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


def test_a_task_goes_to_the_learners_coordinator_who_is_told(learner, coordinator):
    task = raised(learner)
    assert (task.owner, task.due_on, kinds(task)) == (coordinator, MONDAY, ["raised"])
    assert notices(coordinator) == ["yours"]


def test_due_days_are_the_sites_while_a_page_speaks_by_the_learners_clock(learner):
    with timezone.override("Pacific/Kiritimati"):  # tomorrow there
        assert raised(learner, "help").due_on == FRIDAY.date()


def test_one_is_open_for_each_learner_and_goal(learner):
    assert raised(learner, goal="a") == raised(learner, goal="a") != raised(learner, goal="b")
    assert TaskEvent.objects.count() == 2


def test_raised_for_something_more_urgent_it_becomes_that_and_is_due_sooner(learner):
    task = raised(learner, "by_hand")
    assert raised(learner, "help") == task
    task.refresh_from_db()
    assert (task.cause, task.due_on, kinds(task)) == ("help", FRIDAY.date(), ["raised", "raised"])


def test_raised_for_something_less_urgent_it_stays(learner):
    task = raised(learner, "help")
    raised(learner, "unanswered")
    task.refresh_from_db()
    assert (task.cause, kinds(task)) == ("help", ["raised"])


def test_who_raises_a_task_for_oneself_is_not_told(learner, coordinator):
    raised(learner, "by_hand", by=coordinator)
    assert notices(coordinator) == []


def test_a_learner_without_coordinator_gets_a_task_that_nobody_owns():
    assert raised(LearnerFactory()).owner is None


def test_an_outcome_is_written_down_and_the_task_is_due_again(learner, coordinator):
    task = raised(learner)
    step = tried(task, note="Mailbox full", by=coordinator)
    assert (task.tries, task.outcome, task.due_on) == (1, "voicemail", step.due_on)
    event = task.events.last()
    assert (event.kind, event.outcome, event.note, event.by) == ("outcome", "voicemail", "Mailbox full", coordinator)


def test_the_same_try_twice_counts_once(learner):
    task = raised(learner)
    assert tried(task, tries=0) is not None
    assert tried(task, tries=0) is None
    assert task.tries == 1


def test_the_third_voicemail_escalates_once(learner, coordinator):
    task = raised(learner)
    for _time in range(4):
        tried(task)
    assert task.escalated_at == FRIDAY
    assert kinds(task).count("escalated") == 1
    assert notices(coordinator) == ["yours", "escalated"]


def test_a_wrong_number_takes_back_the_verification_and_keeps_the_consent(learner):
    for channel in ("sms", "whatsapp", "email"):
        ContactPreferenceFactory(learner=learner, channel=channel)
    tried(raised(learner), "wrong_number")
    said = {one.channel: (one.allowed, one.verified_at is not None) for one in learner.preferences.all()}
    assert said == {"sms": (True, False), "whatsapp": (True, False), "email": (True, True)}


def test_a_promise_needs_its_day_and_then_nothing_is_written(learner):
    task = raised(learner)
    with pytest.raises(PromiseNeedsDate):
        tried(task, "promised")
    task.refresh_from_db()
    assert (task.tries, kinds(task)) == (0, ["raised"])


def test_reached_closes_and_lifts_what_it_waited_for(learner, coordinator):
    task = raised(learner, goal="lesson:1")
    stop_automation(learner=learner, cause="unanswered", goal="lesson:1", now=FRIDAY)
    stop_automation(learner=learner, cause="by_hand", now=FRIDAY)
    tried(task, "reached", by=coordinator)
    assert (task.closed_at, task.closed_by) == (FRIDAY, coordinator)
    assert kinds(task) == ["raised", "outcome", "closed"]
    holding = AutomationStop.objects.filter(lifted_at=None)
    assert [stop.cause for stop in holding] == ["by_hand"]


def test_a_stop_by_words_stays_until_the_last_task_made_by_words_is_closed(learner):
    first, second = raised(learner, "help", goal="a"), raised(learner, "reply", goal="b")
    stop_automation(learner=learner, cause="help", now=FRIDAY)
    close_task(task=first, by=None, now=FRIDAY)
    assert AutomationStop.objects.filter(lifted_at=None).exists()
    close_task(task=second, by=None, now=FRIDAY)
    assert not AutomationStop.objects.filter(lifted_at=None).exists()


def test_fine_is_not_lifted_by_a_task(learner):
    task = raised(learner, "reply")
    stop_automation(learner=learner, cause="fine", until=FRIDAY + timedelta(days=14), now=FRIDAY)
    close_task(task=task, by=None, now=FRIDAY)
    assert AutomationStop.objects.get().lifted_at is None


def test_who_raised_it_is_told_when_it_closes(learner, coordinator, staff):
    task = raised(learner, "by_hand", by=staff)
    tried(task, "reached", by=coordinator)
    assert notices(staff) == ["closed"]


def test_the_learners_coordinator_is_told_when_automation_raised_it(learner, coordinator, staff):
    task = raised(learner, owner=staff)
    close_task(task=task, by=staff, now=FRIDAY)
    assert notices(coordinator) == ["closed"]


def test_a_closed_task_takes_no_outcome_and_can_be_raised_anew(learner):
    task = raised(learner)
    close_task(task=task, by=None, now=FRIDAY)
    close_task(task=task, by=None, now=FRIDAY)
    with pytest.raises(AlreadyClosed):
        tried(task)
    assert kinds(task) == ["raised", "closed"]
    assert raised(learner) != task


def test_handing_over_tells_the_new_owner_with_the_note(learner, coordinator, staff):
    task = hand_over(task=raised(learner), to=staff, by=coordinator, note="You know her", now=FRIDAY)
    assert task.owner == staff
    assert task.events.last().note == "You know her"
    assert notices(staff) == ["yours"]


def test_a_note_is_kept(learner, coordinator):
    task = raised(learner)
    add_note(task=task, by=coordinator, text="Try after six")
    assert kinds(task) == ["raised", "note"]


def test_overdue_tasks_escalate_once_in_a_fixed_number_of_queries(coordinator, django_assert_max_num_queries):
    late = [raised(LearnerFactory(owner=coordinator)) for _number in range(5)]
    raised(LearnerFactory(owner=None))
    Task.objects.update(due_on=FRIDAY.date() - timedelta(days=1))
    on_time = raised(LearnerFactory(owner=coordinator), "help")
    closed = raised(LearnerFactory(owner=coordinator))
    Task.objects.filter(pk=closed.pk).update(due_on=FRIDAY.date() - timedelta(days=9), closed_at=FRIDAY)
    with django_assert_max_num_queries(6):
        assert escalate_overdue(FRIDAY) == 6
    assert escalate_overdue(FRIDAY + timedelta(hours=1)) == 0
    assert notices(coordinator).count("escalated") == len(late)
    assert not Task.objects.get(pk=on_time.pk).escalated_at
