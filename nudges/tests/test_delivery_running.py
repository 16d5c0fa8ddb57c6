import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import OperationalError
from django.utils import timezone

from learners.models import Learner
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges import links
from nudges.channels.base import ChannelError, Receipt
from nudges.delivery import deliver, deliver_due, pacing, running
from nudges.delivery.channel_states import change_pace
from nudges.delivery.claiming import claim
from nudges.delivery.pacing import FAILURES_TO_CLOSE
from nudges.models import Attempt, ChannelState, Nudge
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db


class Recorder:
    """A provider that keeps what it was handed, and answers as it is told."""

    provider = "recorder"
    recognises_id = False

    def __init__(self):
        self.messages = []
        self.answer = lambda message: Receipt(provider_message_id="theirs")

    def send(self, message):
        self.messages.append(message)
        return self.answer(message)


@pytest.fixture
def recorder(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(running, "transport_for", lambda channel: recorder)
    return recorder


def queued(**fields) -> Nudge:
    now = timezone.now()
    return NudgeFactory(**{"state": "queued", "queued_at": now, "due_at": now, "body": "Hi Riya"} | fields)


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


def test_provider_gets_the_text_with_the_facts_of_now_and_a_signed_link(recorder, coordinator):
    coordinator.first_name, coordinator.last_name = "Mira", "Das"
    coordinator.save()
    learner = LearnerFactory(owner=coordinator, email="riya@example.org", name="Riya Sen")
    ContactPreferenceFactory(learner=learner, channel="email")
    nudge = deliver(queued(learner=learner, channel="email", subject="Next, {first_name}", body="Go on: {link}"))
    [message] = recorder.messages
    signed = links.url_of(nudge.uuid, "go")
    assert (message.to, message.subject, message.text) == ("riya@example.org", "Next, Riya", f"Go on: {signed}")
    assert (message.sender_name, message.reply_to) == ("Mira Das", "coordinator@example.org")
    assert (message.id, message.link) == (str(nudge.uuid), signed)
    assert nudge.state == "sent"
    assert nudge.subject == "Next, Riya"
    assert signed not in nudge.content
    assert nudge.content.startswith("Go on: http")
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


def refuse(code, **how):
    def answer(message):
        raise ChannelError(code, **how)

    return answer


def test_refusal_is_kept_with_its_reason(recorder):
    recorder.answer = refuse("refused", retrying_helps=False)
    nudge = deliver(queued())
    assert (nudge.state, nudge.reason) == ("failed", "refused")
    attempt = nudge.attempts.get()
    assert (attempt.outcome, attempt.retrying_helps) == ("refused", False)
    assert "refused" in attempt.error
    nudge.learner.refresh_from_db()
    assert nudge.learner.last_contacted_at is None


def test_provider_that_is_busy_is_asked_again_later(recorder):
    recorder.answer = refuse("provider_busy", retrying_helps=True, retry_after=90)
    nudge = deliver(queued())
    assert (nudge.state, nudge.reason, nudge.tries) == ("queued", "provider_busy", 1)
    assert timedelta(seconds=80) < nudge.due_at - timezone.now() <= timedelta(seconds=90)
    deliver(nudge)
    assert len(recorder.messages) == 1
    recorder.answer = lambda message: Receipt()
    Nudge.objects.update(due_at=timezone.now())
    nudge = deliver(nudge)
    assert (nudge.state, nudge.reason, nudge.tries) == ("sent", "", 2)
    assert events(nudge) == [("sending", ""), ("queued", "provider_busy"), ("sending", ""), ("sent", "")]
    assert [attempt.outcome for attempt in nudge.attempts.all()] == ["refused", "accepted"]


def test_fifth_failure_is_the_last(recorder):
    recorder.answer = refuse("provider_busy", retrying_helps=True)
    nudge = deliver(queued(tries=4))
    assert (nudge.state, nudge.reason) == ("failed", "provider_busy")


@pytest.mark.parametrize(("recognises_id", "state"), [(False, "failed"), (True, "queued")])
def test_what_may_have_arrived_is_sent_again_only_where_it_is_recognised(recorder, recognises_id, state):
    recorder.recognises_id = recognises_id
    recorder.answer = refuse("provider_timeout", retrying_helps=True, may_have_arrived=True)
    nudge = deliver(queued())
    assert (nudge.state, nudge.reason) == (state, "provider_timeout")


def test_nothing_is_sent_twice(recorder):
    nudge = queued()
    deliver(nudge)
    deliver(nudge)
    assert deliver_due() == 0
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
    deliver_due()
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
    nudges = [queued(body=str(number)) for number in range(3)]
    assert deliver_due(limit=2) == 2
    assert [message.text for message in recorder.messages] == ["0", "1"]
    nudges[2].refresh_from_db()
    assert nudges[2].state == "queued"


def test_worker_told_to_stop_finishes_what_is_begun_and_puts_the_rest_back(recorder, settings):
    settings.DELIVERY_CONCURRENCY = 1
    nudges = [queued() for _ in range(3)]
    calling, may_end = Event(), Event()

    def answer(message):
        calling.set()
        assert may_end.wait(10)
        return Receipt()

    def should_stop():
        if calling.is_set():
            may_end.set()
        return calling.is_set()

    recorder.answer = answer
    assert deliver_due(should_stop=should_stop) == 2  # one is called, and one waited for the thread
    assert len(recorder.messages) == 1
    assert [Nudge.objects.get(pk=nudge.pk).state for nudge in nudges] == ["sent", "queued", "queued"]
    put_back = Nudge.objects.get(pk=nudges[1].pk)
    assert (put_back.tries, put_back.attempts.get().error) == (0, "The provider was not called.")


def test_worker_told_to_stop_before_it_began_takes_nothing(recorder):
    queued()
    assert deliver_due(should_stop=lambda: True) == 0
    assert recorder.messages == []


def test_bug_with_one_nudge_does_not_hold_up_the_others(recorder, caplog):
    def answer(message):
        if message.text == "bad":
            raise ZeroDivisionError
        return Receipt()

    recorder.answer = answer
    bad, good = queued(body="bad"), queued(body="good")
    assert deliver_due() == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("sending", "sent")
    assert str(bad.uuid) in caplog.text
    assert str(bad.correlation_id) in caplog.text


def test_many_are_delivered_in_one_round(recorder):
    for _ in range(60):
        queued()
    assert deliver_due() == 60
    assert len({message.id for message in recorder.messages}) == 60
    assert set(Nudge.objects.values_list("state", flat=True)) == {"sent"}
    assert Learner.objects.filter(last_contact_channel="in-app").count() == 60


def test_rate_limit_spreads_what_leaves(recorder):
    ChannelState.objects.create(channel="in-app", per_second=10)
    for _ in range(12):
        queued()
    begun = time.monotonic()
    assert deliver_due() == 12
    assert time.monotonic() - begun > 0.15  # ten at once, and two in the next fifth of a second


def test_provider_that_is_well_is_written_down_without_waiting_for_its_row(django_assert_num_queries):
    change_pace("in-app", pacing.succeeded)  # makes the row
    with django_assert_num_queries(1):
        change_pace("in-app", pacing.succeeded)


def test_addresses_are_looked_up_before_anything_is_held(recorder, monkeypatch):
    links._path_of.cache_clear()
    looked_up = []

    def claim_(*args, **options):
        looked_up.append(links._path_of.cache_info().currsize)
        return claim(*args, **options)

    monkeypatch.setattr(running, "claim", claim_)
    queued()
    deliver_due()
    assert looked_up[0] == len(links.PAGES)


def test_channel_that_is_paused_keeps_its_nudges(recorder):
    ChannelState.objects.create(channel="in-app", is_paused=True)
    nudge = deliver(queued())
    assert nudge.state == "queued"
    assert deliver_due() == 0
    assert recorder.messages == []


def test_provider_that_fails_again_and_again_is_left_alone_then_probed(recorder):
    recorder.answer = refuse("provider_unreachable", retrying_helps=True)
    for _ in range(6):
        deliver(queued())
    assert len(recorder.messages) == FAILURES_TO_CLOSE
    state = ChannelState.objects.get()
    assert state.closed_until > timezone.now()
    ChannelState.objects.update(closed_until=timezone.now())
    Nudge.objects.update(due_at=timezone.now())
    recorder.answer = lambda message: Receipt()
    deliver_due()
    assert set(Nudge.objects.values_list("state", flat=True)) == {"sent"}
    state.refresh_from_db()
    assert (state.failures, state.closed_until) == (0, None)


def test_only_one_probes_and_the_others_wait_for_it(recorder):
    ChannelState.objects.create(channel="in-app", failures=FAILURES_TO_CLOSE)
    for _ in range(3):
        queued()
    recorder.answer = refuse("provider_unreachable", retrying_helps=True)
    deliver_due()
    assert len(recorder.messages) == 1
    state = ChannelState.objects.get()
    assert state.failures == FAILURES_TO_CLOSE + 1
    assert state.closed_until > timezone.now() + timedelta(seconds=50)


def test_addresses_that_are_refused_are_no_fault_of_the_provider(recorder):
    recorder.answer = refuse("bad_address", retrying_helps=False)
    for _ in range(FAILURES_TO_CLOSE + 1):
        deliver(queued())
    assert len(recorder.messages) == FAILURES_TO_CLOSE + 1


def test_database_that_is_away_stops_the_round(recorder, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(running, "claim", away)
    queued()
    with pytest.raises(OperationalError):
        deliver_due()
