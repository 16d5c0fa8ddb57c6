from datetime import timedelta

import pytest
from django.utils import timezone

from learners.models import ContactPreference
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.answering.consent import unsubscribe, unsubscribe_from_all
from nudges.answering.reading import means_stop
from nudges.answering.replies import receive_reply
from nudges.answering.stops import lift, stop_automation, stop_by_hand, stops_of
from nudges.models import AutomationStop, Notice, Reply, Task
from nudges.states import State

from .factories import NudgeFactory

NOW = timezone.now()


@pytest.fixture
def learner(coordinator):
    return LearnerFactory(owner=coordinator)


def reply(learner, kind="text", **more):
    return receive_reply(learner=learner, **{"kind": kind, "channel": "sms", "at": NOW, **more})


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop all", "UNSUBSCRIBE!", "opt-out", "বন্ধ", "বন্ধ করুন।"])
def test_a_stop_word_alone_means_stop(text):
    assert means_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Stop messages", "বার্তা বন্ধ করুন", "মেসেজ বন্ধ করেন", "স্টপ"),
        *("আর পাঠাবেন না", "বন্ধ ক\u09b0\u09c7\u09be", "বন্ধ\u200c করুন"),  # typed in two parts, and with a joiner
    ],
)
def test_a_wish_as_people_type_it_means_stop(text):
    assert means_stop(text)


@pytest.mark.parametrize(
    "text", ["", "please don't stop", "I can't stop worrying", "stop by tomorrow?", "বন্ধু", "স্কুল বন্ধ"]
)
def test_a_stop_word_among_others_is_for_a_person_to_read(text):
    assert not means_stop(text)


def test_a_text_stops_automation_and_makes_a_task_for_the_coordinator(learner, coordinator):
    reply(learner, text="I was ill")
    stop = AutomationStop.objects.get()
    assert (stop.cause, stop.goal, stop.until) == ("reply", "", None)
    task = Task.objects.get()
    assert (task.cause, task.owner, task.raised_by) == ("reply", coordinator, None)
    assert Notice.objects.get().user == coordinator


def test_help_stops_automation_and_is_due_today(learner):
    reply(learner, "help")
    assert AutomationStop.objects.get().cause == "help"
    assert Task.objects.get().due_on == NOW.date()


def test_fine_stops_automation_for_two_weeks_and_makes_no_task(learner):
    reply(learner, "fine")
    assert AutomationStop.objects.get().until == NOW + timedelta(days=14)
    assert not Task.objects.exists()


def test_stop_withdraws_consent_of_its_channel_alone(learner):
    for channel in ("sms", "email"):
        ContactPreferenceFactory(learner=learner, channel=channel)
    assert reply(learner, text="Stop").kind == Reply.Kind.STOP
    assert dict(ContactPreference.objects.values_list("channel", "allowed")) == {"sms": False, "email": True}
    assert not Task.objects.exists()


def test_stop_stops_automation_on_every_channel_for_two_weeks(learner):
    waiting = NudgeFactory(learner=learner, state=State.QUEUED, origin="campaign", channel="email")
    reply(learner, "stop")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (State.SUPPRESSED, "stopped")
    assert AutomationStop.objects.get().until == NOW + timedelta(days=14)


def test_the_same_answer_told_again_changes_nothing(learner):
    first = reply(learner, text="Hello", provider_message_id="SM1")
    Task.objects.update(closed_at=NOW)
    AutomationStop.objects.update(lifted_at=NOW)
    assert reply(learner, text="Hello", provider_message_id="SM1") == first
    assert not Task.objects.filter(closed_at=None).exists()
    assert not AutomationStop.objects.filter(lifted_at=None).exists()


def test_the_same_id_on_another_channel_is_another_answer(learner):
    reply(learner, text="Hello", provider_message_id="1")
    reply(learner, text="Hello", provider_message_id="1", channel="whatsapp")
    assert Reply.objects.count() == 2


def test_waiting_automatic_nudges_are_stopped_with_the_reply_and_others_stay(learner):
    automatic = NudgeFactory(learner=learner, state=State.QUEUED, origin="reminder")
    persons = NudgeFactory(learner=learner, state=State.QUEUED, origin="person")
    gone = NudgeFactory(learner=learner, state=State.SENDING, origin="campaign")
    others = NudgeFactory(state=State.QUEUED, origin="campaign")
    reply(learner, "fine")
    for nudge in (automatic, persons, gone, others):
        nudge.refresh_from_db()
    assert (automatic.state, automatic.reason) == (State.SUPPRESSED, "stopped")
    assert (persons.state, gone.state, others.state) == (State.QUEUED, State.SENDING, State.QUEUED)


def test_help_after_a_text_makes_the_one_task_more_urgent(learner):
    reply(learner, text="Hm")
    reply(learner, "help")
    assert Task.objects.get().cause == "help"


def test_a_text_that_is_too_long_is_cut_and_unstorable_text_is_cleaned(learner):
    assert len(reply(learner, text="a" * 9000).text) == 4000
    assert reply(learner, text="a\0b").text == "ab"


def test_the_task_is_about_the_goal_of_the_nudge_that_was_answered(learner):
    nudge = NudgeFactory(learner=learner, state=State.SENT, goal="lesson:7")
    reply(learner, "help", nudge=nudge)
    assert Task.objects.get().goal == "lesson:7"
    assert list(nudge.replies.values_list("kind", flat=True)) == ["help"]


@pytest.mark.django_db
class TestStops:
    def test_a_stop_on_one_goal_leaves_the_others(self):
        learner = LearnerFactory()
        one, other = (NudgeFactory(learner=learner, state=State.QUEUED, origin="campaign", goal=g) for g in "ab")
        stop_automation(learner=learner, cause="unanswered", goal="a", now=NOW)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.state, other.state) == (State.SUPPRESSED, State.QUEUED)

    def test_it_is_lengthened_and_never_shortened(self):
        learner = LearnerFactory()
        for days in (14, 3, 20):
            stop_automation(learner=learner, cause="fine", until=NOW + timedelta(days=days), now=NOW)
        assert AutomationStop.objects.get().until == NOW + timedelta(days=20)
        stop_automation(learner=learner, cause="fine", now=NOW)
        stop_automation(learner=learner, cause="fine", until=NOW + timedelta(days=1), now=NOW)
        assert AutomationStop.objects.get().until is None

    def test_one_that_ended_begins_again(self):
        learner, later = LearnerFactory(), NOW + timedelta(days=30)
        stop_automation(learner=learner, cause="fine", until=NOW + timedelta(days=1), now=NOW)
        assert not stops_of(learner, now=later).exists()
        stop_automation(learner=learner, cause="fine", until=later + timedelta(days=1), now=later)
        assert stops_of(learner, now=later).get().since == later

    def test_lifting_twice_lifts_once(self, coordinator):
        learner = LearnerFactory()
        stop_by_hand(learner=learner, now=NOW)
        stops = AutomationStop.objects.filter(learner=learner)
        assert [lift(stops, by=coordinator, now=NOW), lift(stops, by=None, now=NOW)] == [1, 0]
        assert stops.get().lifted_by == coordinator
        assert not stops_of(learner, now=NOW).exists()


@pytest.mark.django_db
class TestUnsubscribing:
    def test_who_was_never_asked_is_written_down_as_no(self):
        learner = LearnerFactory()
        unsubscribe(learner=learner, channel="in-app", source="the page")
        assert list(learner.preferences.values_list("channel", "allowed")) == [("in-app", False)]

    def test_the_first_source_is_kept(self):
        learner = LearnerFactory()
        for source in ("the page", "a complaint"):
            unsubscribe(learner=learner, channel="email", source=source)
        assert learner.preferences.get().source == "the page"

    def test_all_leaves_channels_alone_that_never_were_open(self):
        learner = LearnerFactory()
        ContactPreferenceFactory(learner=learner, channel="email")
        unsubscribe_from_all(learner=learner, source="the page")
        assert set(learner.preferences.values_list("channel", "allowed")) == {("email", False), ("in-app", False)}
