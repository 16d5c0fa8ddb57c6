from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges import delivery
from nudges.channels.base import ChannelError, Receipt
from nudges.delivery import deliver, deliver_queued
from nudges.models import Attempt, Nudge
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db


class Recorder:
    """A provider that keeps what it was handed, and answers as it is told."""

    provider = "recorder"

    def __init__(self):
        self.messages = []
        self.answer = lambda message: Receipt(provider_message_id="theirs")

    def send(self, message):
        self.messages.append(message)
        return self.answer(message)


@pytest.fixture
def recorder(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(delivery, "transport_for", lambda channel: recorder)
    return recorder


def queued(**fields) -> Nudge:
    return NudgeFactory(**{"state": "queued", "queued_at": timezone.now(), "content": "Hi Riya"} | fields)


def events(nudge):
    return list(nudge.events.values_list("state", "reason"))


def test_in_app_nudge_is_delivered_at_once():
    nudge = deliver(queued())
    assert nudge.state == "delivered"
    assert nudge.sent_at is not None
    assert events(nudge) == [("sending", ""), ("delivered", "")]
    [attempt] = nudge.attempts.all()
    assert (attempt.provider, attempt.outcome) == ("in-app", "accepted")
    assert attempt.finished_at is not None


def test_provider_gets_exactly_the_stored_text(recorder, coordinator):
    coordinator.first_name, coordinator.last_name = "Mira", "Das"
    coordinator.save()
    learner = LearnerFactory(owner=coordinator, email="riya@example.org")
    ContactPreferenceFactory(learner=learner, channel="email")
    nudge = deliver(queued(learner=learner, channel="email", subject="Next", content="Hi Riya, {not_filled}"))
    [message] = recorder.messages
    assert (message.to, message.subject, message.text) == ("riya@example.org", "Next", "Hi Riya, {not_filled}")
    assert (message.sender_name, message.reply_to) == ("Mira Das", "coordinator@example.org")
    assert message.id == str(nudge.uuid)
    assert nudge.state == "sent"
    assert nudge.attempts.get().provider_message_id == "theirs"


def test_learner_remembers_the_last_nudge(recorder):
    nudge = deliver(queued())
    nudge.learner.refresh_from_db()
    assert nudge.learner.last_contacted_at == nudge.sent_at
    assert nudge.learner.last_contact_channel == "in-app"


def test_attempt_is_saved_before_the_call(recorder):
    def answer(message):
        assert Nudge.objects.get().state == "sending"
        assert Attempt.objects.get().outcome == "started"
        return Receipt()

    recorder.answer = answer
    assert deliver(queued()).attempts.get().outcome == "accepted"


@pytest.mark.parametrize("retrying_helps", [True, False])
def test_refusal_is_kept_with_its_reason(recorder, retrying_helps):
    def answer(message):
        raise ChannelError("provider_busy", retrying_helps=retrying_helps)

    recorder.answer = answer
    nudge = deliver(queued())
    assert (nudge.state, nudge.reason) == ("failed", "provider_busy")
    attempt = nudge.attempts.get()
    assert (attempt.outcome, attempt.retrying_helps) == ("refused", retrying_helps)
    assert "provider_busy" in attempt.error
    nudge.learner.refresh_from_db()
    assert nudge.learner.last_contacted_at is None


def test_nothing_is_sent_twice(recorder):
    nudge = queued()
    deliver(nudge)
    deliver(nudge)
    deliver_queued()
    assert len(recorder.messages) == 1


@pytest.mark.parametrize("state", ["draft", "sending", "sent", "delivered", "suppressed", "failed", "cancelled"])
def test_only_a_queued_nudge_leaves(recorder, state):
    nudge = deliver(queued(state=state))
    assert nudge.state == state
    assert recorder.messages == []


def test_nudge_cut_off_while_sending_is_never_sent_again(recorder):
    def answer(message):
        raise KeyboardInterrupt

    recorder.answer = answer
    nudge = queued()
    with pytest.raises(KeyboardInterrupt):
        deliver(nudge)
    recorder.answer = lambda message: Receipt()
    deliver_queued()
    nudge.refresh_from_db()
    assert nudge.state == "sending"
    assert nudge.attempts.get().outcome == "started"
    assert len(recorder.messages) == 1


def test_consent_withdrawn_while_it_waited_stops_the_nudge(recorder):
    nudge = queued()
    ContactPreferenceFactory(learner=nudge.learner, channel="in-app", allowed=False)
    deliver(nudge)
    assert (nudge.state, nudge.reason) == ("suppressed", "no_consent")
    assert recorder.messages == []
    assert events(nudge) == [("suppressed", "no_consent")]


def test_address_that_is_no_longer_confirmed_stops_the_nudge(recorder):
    preference = ContactPreferenceFactory(channel="email", verified_at=None)
    nudge = deliver(queued(learner=preference.learner, channel="email"))
    assert (nudge.state, nudge.reason) == ("suppressed", "address_not_verified")


def test_oldest_goes_first_and_no_more_than_asked(recorder):
    nudges = [queued(content=str(number)) for number in range(3)]
    assert deliver_queued(limit=2) == 2
    assert [message.text for message in recorder.messages] == ["0", "1"]
    nudges[2].refresh_from_db()
    assert nudges[2].state == "queued"


def test_worker_told_to_stop_finishes_the_current_one(recorder):
    queued()
    queued()
    assert deliver_queued(should_stop=lambda: bool(recorder.messages)) == 1
    assert sorted(Nudge.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_bug_with_one_nudge_does_not_hold_up_the_others(recorder, caplog):
    def answer(message):
        if message.text == "bad":
            raise ZeroDivisionError
        return Receipt()

    recorder.answer = answer
    bad, good = queued(content="bad"), queued(content="good")
    assert deliver_queued() == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("sending", "sent")
    assert str(bad.uuid) in caplog.text


def test_database_that_is_away_stops_the_round(recorder, monkeypatch):
    def away(nudge):
        raise OperationalError("database is locked")

    monkeypatch.setattr(delivery, "deliver", away)
    queued()
    with pytest.raises(OperationalError):
        deliver_queued()


def test_stuck_nudges_are_found():
    now = timezone.now()
    old, fresh = queued(state="sending"), queued(state="sending")
    old.events.create(state="sending")
    fresh.events.create(state="sending")
    old.events.update(at=now - timedelta(minutes=11))
    assert list(Nudge.objects.stuck(now)) == [old]
    assert not Nudge.objects.stuck(now - timedelta(minutes=5)).exists()
