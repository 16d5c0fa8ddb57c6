"""A report, applied: to its nudge, and to the learner."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.utils import timezone

from learners.models import ContactPreference
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.channels.base import ChannelError, Receipt
from nudges.delivery import deliver
from nudges.hooks.reports import apply_report, catch_up, catch_up_lately, follow_refusals
from nudges.hooks.standing import Kind, Report
from nudges.jobs import catch_up_with_reports
from nudges.models import Attempt, Nudge, NudgeEvent, ProviderReport, Touch
from nudges.states import State

from .factories import NudgeFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def learner():
    learner = LearnerFactory(email="riya@example.org", phone="+8801712345678")
    for channel in ("email", "whatsapp", "sms"):
        ContactPreferenceFactory(learner=learner, channel=channel, allowed=True, verified_at=NOW)
    return learner


def sent(learner, *, channel="email", provider="postmark", their_id="pm-1", state=State.SENT, **fields):
    sent_at = NOW if state == State.SENT else None
    nudge = NudgeFactory(learner=learner, channel=channel, state=state, sent_at=sent_at, due_at=NOW, **fields)
    Attempt.objects.create(nudge=nudge, provider=provider, provider_message_id=their_id)
    return nudge


def report(kind, *, their_id="pm-1", provider="postmark", **more):
    return Report(
        provider=provider, key=f"{kind}:{their_id}", kind=Kind(kind), provider_message_id=their_id, at=NOW, **more
    )


def after(nudge):
    nudge.refresh_from_db()
    return nudge.state, nudge.reason


def preference(learner, channel="email"):
    return ContactPreference.objects.get(learner=learner, channel=channel)


def test_delivered_moves_the_nudge_and_is_written_down(learner):
    nudge = sent(learner)
    assert apply_report(report("delivered"))
    assert after(nudge) == (State.DELIVERED, "")
    assert [event.state for event in NudgeEvent.objects.filter(nudge=nudge)] == ["delivered"]
    kept = ProviderReport.objects.get()
    assert (kept.nudge, kept.kind, kept.provider) == (nudge, "delivered", "postmark")


def test_same_report_again_changes_nothing(learner):
    nudge = sent(learner)
    assert apply_report(report("delivered"))
    assert not apply_report(report("delivered"))
    assert NudgeEvent.objects.filter(nudge=nudge).count() == 1
    assert ProviderReport.objects.count() == 1


def test_reports_in_every_order_leave_the_same(learner):
    ends = set()
    for number, kinds in enumerate(permutations(["sent", "delivered", "bounced"])):
        their_id = f"pm-{number}"
        nudge = sent(learner, their_id=their_id)
        for kind in kinds:
            apply_report(report(kind, their_id=their_id))
        ends.add(after(nudge))
    assert ends == {(State.FAILED, "bounced")}


def test_hard_bounce_marks_the_address_and_its_history_says_so(learner):
    nudge = sent(learner)
    apply_report(report("bounced", address="Riya@Example.org"))
    assert after(nudge) == (State.FAILED, "bounced")
    assert preference(learner).bounced_at == NOW
    assert preference(learner).allowed
    assert preference(learner).history.first().history_change_reason == "bounced"
    assert preference(learner, "sms").bounced_at is None


def test_soft_bounce_leaves_nothing_lasting(learner):
    nudge = sent(learner)
    apply_report(report("undelivered"))
    assert after(nudge) == (State.FAILED, "undelivered")
    assert preference(learner).bounced_at is None


def test_bounce_of_an_address_that_was_changed_since_does_not_count_against_the_new_one(learner):
    sent(learner)
    apply_report(report("bounced", address="old@example.org"))
    assert preference(learner).bounced_at is None


def test_complaint_withdraws_consent_and_says_why(learner):
    nudge = sent(learner)
    apply_report(report("complained"))
    assert after(nudge) == (State.DELIVERED, "")
    assert not preference(learner).allowed
    assert preference(learner).source == "spam complaint (postmark)"


@pytest.mark.parametrize("kind", ["unsubscribed", "opted_out"])
def test_unsubscribing_at_the_provider_withdraws_consent_on_that_channel_alone(learner, kind):
    sent(learner)
    apply_report(report(kind))
    assert not preference(learner).allowed
    assert preference(learner, "sms").allowed


def test_complaint_told_again_after_a_new_consent_does_not_take_it_back(learner):
    sent(learner)
    apply_report(report("complained"))
    ContactPreference.objects.filter(learner=learner, channel="email").update(allowed=True, source="phone call")
    apply_report(report("complained"))
    assert preference(learner).allowed


def test_read_is_a_touch_once_and_no_machines(learner):
    nudge = sent(learner, channel="whatsapp", provider="whatsapp-cloud")
    for _ in range(2):
        apply_report(report("read", provider="whatsapp-cloud"))
    assert after(nudge) == (State.DELIVERED, "")
    [touch] = Touch.objects.all()
    assert (touch.nudge, touch.kind, touch.is_machine) == (nudge, "read", False)


@pytest.mark.parametrize("kind", ["opened", "clicked", "other"])
def test_services_own_tracking_moves_nothing(learner, kind):
    nudge = sent(learner)
    apply_report(report(kind))
    assert after(nudge) == (State.SENT, "")
    assert not Touch.objects.exists()


def test_report_on_an_unknown_message_is_kept_and_changes_nothing(learner):
    nudge = sent(learner)
    assert not apply_report(report("bounced", their_id="pm-9"))
    assert after(nudge) == (State.SENT, "")
    assert ProviderReport.objects.get().nudge is None


def test_same_id_of_another_provider_is_another_message(learner):
    nudge = sent(learner)
    apply_report(report("bounced", provider="mailgun"))
    assert after(nudge) == (State.SENT, "")


def test_report_that_came_before_its_outcome_is_applied_when_that_is_written(learner):
    nudge = sent(learner, their_id="", state=State.SENDING)
    assert not apply_report(report("delivered"))
    assert after(nudge) == (State.SENDING, "")
    Attempt.objects.filter(nudge=nudge).update(provider_message_id="pm-1")
    Nudge.objects.filter(pk=nudge.pk).update(state=State.SENT, sent_at=NOW)
    assert catch_up(["", "pm-1", "pm-2"]) == 1
    assert after(nudge) == (State.DELIVERED, "")
    assert catch_up(["pm-1"]) == 0


def test_report_that_came_early_is_found_when_it_is_told_again(learner):
    nudge = sent(learner, their_id="", state=State.SENDING)
    apply_report(report("delivered"))
    Attempt.objects.filter(nudge=nudge).update(provider_message_id="pm-1")
    assert apply_report(report("delivered"))
    assert after(nudge) == (State.DELIVERED, "")


def test_what_a_crash_left_is_caught_up_within_three_days(learner):
    nudge = sent(learner, their_id="", state=State.SENDING)
    apply_report(report("delivered"))
    Attempt.objects.filter(nudge=nudge).update(provider_message_id="pm-1")
    assert catch_up_lately(timezone.now() + timedelta(days=4)) == 0
    assert catch_up_lately(timezone.now()) == 1
    assert after(nudge) == (State.DELIVERED, "")


def test_catching_up_with_many_asks_the_same_number_of_questions(learner, django_assert_max_num_queries):
    for number in range(20):
        apply_report(report("opened", their_id=f"pm-{number}"))
    with django_assert_max_num_queries(2):
        catch_up([f"pm-{number}" for number in range(20)])
    assert catch_up([]) == 0


@pytest.mark.parametrize(
    ("state", "reason"),
    [(State.SENDING, ""), (State.FAILED, "provider_timeout"), (State.QUEUED, "provider_busy")],
)
def test_report_proves_what_became_of_one_whose_answer_was_lost(learner, state, reason):
    nudge = sent(learner, their_id="", state=state, reason=reason)
    assert apply_report(report("delivered", nudge=str(nudge.uuid)))
    assert after(nudge) == (State.DELIVERED, "")
    assert nudge.sent_at == NOW
    learner.refresh_from_db()
    assert (learner.last_contacted_at, learner.last_contact_channel) == (NOW, "email")


@pytest.mark.parametrize("state", [State.SUPPRESSED, State.CANCELLED])
def test_report_moves_nothing_that_was_never_sent(learner, state):
    nudge = sent(learner, their_id="", state=state)
    apply_report(report("delivered", nudge=str(nudge.uuid)))
    assert after(nudge)[0] == state


@pytest.mark.parametrize("named", ["nonsense", "7", "00000000-0000-0000-0000-000000000001"])
def test_id_that_is_none_of_ours_finds_nothing(learner, named):
    nudge = sent(learner)
    assert not apply_report(report("bounced", their_id="", nudge=named))
    assert after(nudge) == (State.SENT, "")


def test_our_id_from_a_provider_that_never_had_the_message_finds_nothing(learner):
    nudge = sent(learner)
    assert not apply_report(report("bounced", provider="mailgun", their_id="", nudge=str(nudge.uuid)))


def test_endless_ids_and_details_are_cut(learner):
    apply_report(report("other", their_id="x" * 1000, detail="y" * 1000))
    apply_report(report("other", their_id="x" * 1000, detail="y" * 1000))
    assert ProviderReport.objects.count() == 1


def test_refusal_at_once_says_as_much_as_a_report(learner):
    bad = sent(learner, channel="sms", provider="twilio", their_id="", state=State.FAILED)
    stopped = sent(learner, channel="whatsapp", provider="whatsapp-cloud", their_id="", state=State.FAILED)
    other = sent(learner, their_id="", state=State.FAILED)
    follow_refusals({bad.pk: "bad_address", stopped.pk: "unsubscribed", other.pk: "refused"}, now=NOW)
    assert preference(learner, "sms").bounced_at == NOW
    assert not preference(learner, "whatsapp").allowed
    assert (preference(learner).allowed, preference(learner).bounced_at) == (True, None)


class Provider:
    """A channel whose provider reports faster than we write down that it took the message."""

    provider = "twilio"
    recognises_id = False

    def send(self, message):
        apply_report(report("delivered", their_id="SM1", provider="twilio"))
        return Receipt(provider_message_id="SM1")


class Refusing(Provider):
    def send(self, message):
        raise ChannelError("bad_address", retrying_helps=False)


def queued(learner):
    return NudgeFactory(learner=learner, channel="sms", state=State.QUEUED, due_at=timezone.now())


def test_delivery_hears_of_a_report_that_was_faster(learner, settings):
    settings.NUDGE_TRANSPORTS = {**settings.NUDGE_TRANSPORTS, "sms": f"{__name__}.Provider"}
    nudge = deliver(queued(learner))
    assert (nudge.state, nudge.reason) == (State.DELIVERED, "")


def test_delivery_marks_an_address_that_was_refused_for_good(learner, settings):
    settings.NUDGE_TRANSPORTS = {**settings.NUDGE_TRANSPORTS, "sms": f"{__name__}.Refusing"}
    nudge = deliver(queued(learner))
    assert (nudge.state, nudge.reason) == (State.FAILED, "bad_address")
    assert preference(learner, "sms").bounced_at is not None


def test_job_applies_what_came_early(learner):
    sent(learner, their_id="", state=State.SENDING)
    apply_report(report("delivered"))
    Attempt.objects.update(provider_message_id="pm-1")
    assert catch_up_with_reports() == {"reports": 1}


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_reports_told_by_several_calls_at_once_are_applied_once_each(learner):
    """Replayed while it is still at work, beside others on the same message: as providers do when we are slow."""
    nudge = sent(learner, channel="whatsapp")
    told = [report(kind) for kind in ("sent", "delivered", "read", "complained")] * 4
    beginning = threading.Barrier(len(told))

    def tell(one):
        beginning.wait(timeout=10)
        try:
            return apply_report(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(told)) as threads:
        applied = list(threads.map(tell, told))
    assert sum(applied) == 4
    assert after(nudge) == (State.DELIVERED, "")
    assert Touch.objects.count() == 1
    assert NudgeEvent.objects.filter(nudge=nudge, state="delivered").count() == 1
    assert preference(learner, "whatsapp").history.filter(allowed=False).count() == 1
