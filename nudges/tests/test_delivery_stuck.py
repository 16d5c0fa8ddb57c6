from datetime import timedelta

import pytest
from django.utils import timezone

from nudges.channels.base import Receipt
from nudges.delivery import deliver_due, outcomes, stuck
from nudges.delivery.claiming import claim
from nudges.delivery.sending import Outcome
from nudges.models import Nudge
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Provider:
    provider = "provider"
    recognises_id = False


class Recognising(Provider):
    recognises_id = True


@pytest.fixture
def cut_off():
    """A nudge whose sender died an hour ago, and the departure that it had in hand."""
    nudge = NudgeFactory(state="queued", due_at=timezone.now())
    [departure] = claim("in-app", Provider(), limit=1).departures
    Nudge.objects.update(due_at=timezone.now() - HOUR)
    nudge.refresh_from_db()
    return nudge, departure


def test_one_that_is_being_sent_is_not_stuck():
    now = timezone.now()
    NudgeFactory(state="sending", due_at=now - timedelta(minutes=9))
    old = NudgeFactory(state="sending", due_at=now - timedelta(minutes=11))
    NudgeFactory(state="sent", due_at=now - HOUR)
    assert list(Nudge.objects.stuck(now)) == [old]


def test_provider_that_recognises_ids_gets_it_again(cut_off):
    nudge, _ = cut_off
    assert stuck.queue_again_what_is_recognised("in-app", Recognising(), now=timezone.now()) == 1
    nudge.refresh_from_db()
    assert (nudge.state, nudge.reason) == ("queued", "provider_unclear")  # it may have arrived, so it counts
    assert nudge.events.last().state == "queued"
    assert nudge.attempts.get().error == stuck.CUT_OFF


def test_other_providers_never_get_it_again_by_itself(cut_off):
    nudge, _ = cut_off
    assert stuck.queue_again_what_is_recognised("in-app", Provider(), now=timezone.now()) == 0
    nudge.refresh_from_db()
    assert nudge.state == "sending"


def test_a_round_brings_back_what_hung_inside_the_product(cut_off):
    nudge, _ = cut_off
    deliver_due()
    nudge.refresh_from_db()
    assert nudge.state == "delivered"


def test_outcome_that_comes_after_a_person_decided_changes_nothing(cut_off, coordinator):
    nudge, departure = cut_off
    assert stuck.send_again(nudge, by=coordinator)
    outcomes.write("in-app", [Outcome(departure, receipt=Receipt())])
    nudge.refresh_from_db()
    assert nudge.state == "queued"
    assert [event.state for event in nudge.events.all()] == ["sending", "queued"]


def test_person_cannot_decide_twice(cut_off, coordinator):
    nudge, _ = cut_off
    assert stuck.it_arrived(nudge, by=coordinator)
    assert not stuck.send_again(nudge, by=coordinator)
    nudge.refresh_from_db()
    assert nudge.state == "sent"


def test_report_that_was_faster_than_the_outcome_stands(cut_off):
    nudge, departure = cut_off
    Nudge.objects.update(state="delivered")
    outcomes.write("in-app", [Outcome(departure, receipt=Receipt(provider_message_id="theirs"))])
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert nudge.sent_at is not None
    assert nudge.attempts.get().provider_message_id == "theirs"
