from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.tests.factories import LearnerFactory
from nudges.channels.in_app import InAppTransport
from nudges.delivery import deciding
from nudges.delivery.called_off import cancel_what_came_back
from nudges.delivery.claiming import claim
from nudges.gate import Policy, policies
from nudges.models import Campaign, Nudge, NudgeBatch, Wording
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def queued(**fields):
    return NudgeFactory(**{"state": "queued", "due_at": timezone.now()} | fields)


def batch(status="running", **fields):
    return NudgeBatch.objects.create(channel="in-app", type="reminder", status=status, **fields)


def claimed(limit=10):
    return [departure.nudge_id for departure in claim("in-app", InAppTransport(), limit=limit).departures]


def now_of(nudge):
    nudge.refresh_from_db()
    return nudge


def test_the_urgent_go_first_then_those_that_wait_longest():
    late = queued(priority=2, due_at=timezone.now() - HOUR)
    urgent = queued(priority=0)
    campaign = queued(batch=batch(origin="campaign"), due_at=timezone.now() - 2 * HOUR)
    bulk = queued(batch=batch(origin="bulk"))
    assert claimed() == [urgent.pk, late.pk, bulk.pk, campaign.pk]


def test_no_more_are_taken_than_asked():
    for _ in range(3):
        queued()
    assert len(claimed(limit=2)) == 2


@pytest.mark.parametrize("due_at", [None, timezone.now() + HOUR], ids=["not released", "later"])
def test_what_is_not_due_waits(due_at):
    queued(due_at=due_at)
    assert claimed() == []


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_batch_that_is_held_up_sends_nothing(status):
    queued(batch=batch(status))
    assert claimed() == []


@pytest.mark.parametrize("is_on", [True, False])
def test_campaign_that_is_switched_off_sends_nothing(is_on):
    campaign = Campaign.objects.create(name="Go on", type="reminder", goal="x", is_on=is_on)
    queued(batch=batch(campaign=campaign))
    assert len(claimed()) == is_on


def test_what_came_back_to_a_cancelled_batch_is_cancelled():
    nudge = queued(batch=batch("cancelled"))
    assert cancel_what_came_back() == 1
    assert now_of(nudge).state == "cancelled"
    assert nudge.events.get().state == "cancelled"
    assert cancel_what_came_back() == 0


def test_two_of_one_learner_do_not_leave_together():
    learner = LearnerFactory()
    first, second = queued(learner=learner), queued(learner=learner)
    assert claimed() == [first.pk]
    assert claimed() == []
    assert (now_of(second).state, second.reason) == ("suppressed", "capped_day")


@pytest.fixture
def quiet_noon(monkeypatch):
    """Noon, and quiet from ten until eight in the next morning."""
    monkeypatch.setattr(policies, "DEFAULT", Policy(quiet_from=10, quiet_until=8, min_inputs_known=0))
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("nudges.delivery.claiming.timezone.now", lambda: noon)
    return noon


def test_in_quiet_hours_it_waits_for_their_end(quiet_noon):
    nudge = queued(due_at=quiet_noon - HOUR)
    assert claimed() == []
    assert now_of(nudge).due_at == quiet_noon + 20 * HOUR
    assert (nudge.state, nudge.events.get().reason) == ("queued", "quiet_hours")


def test_reminder_does_not_wait_for_another_day(quiet_noon):
    reminder = queued(due_at=quiet_noon - HOUR, origin="reminder")
    assert claimed() == []
    assert (now_of(reminder).state, reminder.reason) == ("suppressed", "expired")


def test_reminder_of_yesterday_is_not_sent():
    nudge = queued(origin="reminder", due_at=timezone.now() - 24 * HOUR)
    assert claimed() == []
    assert (now_of(nudge).state, nudge.reason) == ("suppressed", "expired")


def test_learner_who_finished_gets_none():
    nudge = queued(learner__status="finished")
    assert claimed() == []
    assert now_of(nudge).reason == "finished_course"


def test_one_that_may_have_arrived_and_may_not_go_again_is_not_said_to_be_unsent():
    nudge = queued(learner=LearnerFactory(status="finished"), reason="provider_unclear", tries=1)
    assert claimed() == []
    assert (now_of(nudge).state, nudge.reason) == ("failed", "provider_unclear")


def test_learner_who_came_back_is_not_told_that_they_were_away():
    nudge = queued(
        body="Not seen for {days_since_seen} days", queued_at=timezone.now() - HOUR, learner__last_login=timezone.now()
    )
    assert claimed() == []
    assert (now_of(nudge).state, nudge.reason) == ("suppressed", "already_done")
    assert nudge.events.get().reason == "already_done"


def test_fact_that_is_gone_keeps_the_text_back():
    nudge = queued(body="You missed {missed_sessions} sessions")
    assert claimed() == []
    assert now_of(nudge).reason == "fact_missing"


def test_text_that_grew_too_long_is_kept_back():
    nudge = queued(body="x" * 501)
    assert claimed() == []
    assert now_of(nudge).reason == "too_long"


def test_text_of_a_batch_is_its_wording_filled_in():
    group = batch()
    wording = Wording.objects.create(
        batch=group, channel="in-app", language="en", subject="", body="Hi {first_name}!", source="template"
    )
    nudge = queued(batch=group, wording=wording, body="", learner__name="Riya Sen")
    [departure] = claim("in-app", InAppTransport(), limit=5).departures
    assert departure.message.text == "Hi Riya!"
    assert now_of(nudge).content == "Hi Riya!"


def test_bug_with_one_text_delays_it_and_nobody_else(monkeypatch, caplog):
    bad, good = queued(body="bad"), queued(body="good")
    ready = deciding.ready

    def breaks(nudge, facts):
        if nudge.body == "bad":
            raise ZeroDivisionError
        return ready(nudge, facts)

    monkeypatch.setattr(deciding, "ready", breaks)
    assert claimed() == [good.pk]
    assert now_of(bad).state == "queued"
    assert bad.due_at > timezone.now()
    assert str(bad.uuid) in caplog.text


def test_claim_takes_as_many_statements_for_many_as_for_few():
    template = FallbackTemplateFactory()

    def statements(count):
        for number in range(count):
            queued(template=template, goal=f"goal {number}")
        with CaptureQueriesContext(connection) as captured:
            assert len(claimed(limit=count)) == count
        return len(captured)

    statements(1)  # makes the channel's row
    assert statements(2) == statements(40)


def test_what_leaves_is_written_down_before_the_call():
    nudge = queued()
    [departure] = claim("in-app", InAppTransport(), limit=5).departures
    assert (now_of(nudge).state, nudge.tries) == ("sending", 1)
    attempt = nudge.attempts.get()
    assert (attempt.pk, attempt.outcome, attempt.finished_at) == (departure.attempt_id, "started", None)
    assert list(nudge.events.values_list("state", flat=True)) == ["sending"]
    assert nudge.due_at == departure.claimed_at
    assert Nudge.objects.stuck(departure.claimed_at + timedelta(minutes=11)).exists()
