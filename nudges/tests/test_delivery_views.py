from datetime import timedelta

import pytest
from django.utils import timezone

from nudges.models import ChannelState, Nudge
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db
PAGE = "/ui/delivery/"


@pytest.fixture
def ops_client(client, ops):
    client.force_login(ops)
    return client


@pytest.fixture
def stuck():
    nudge = NudgeFactory(
        state="sending", due_at=timezone.now() - timedelta(hours=1), channel="sms", learner__name="Riya Sen"
    )
    nudge.attempts.create(provider="sms")
    return nudge


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_page_of_a_quiet_night_says_that_all_is_well(ops_client):
    page = ops_client.get(PAGE).content.decode()
    assert "All is well: what is due leaves." in page
    assert "None." in page


def test_fragment_asks_for_itself_again(ops_client):
    page = ops_client.get(PAGE + "now/").content.decode()
    assert page.lstrip().startswith('<div id="delivery" hx-get="/ui/delivery/now/" hx-trigger="every 5s"')


def test_operations_see_a_stuck_nudge_and_not_the_learners_name(ops_client, stuck):
    page = ops_client.get(PAGE).content.decode()
    assert str(stuck.uuid) in page
    assert stuck.learner.uid in page
    assert "Riya Sen" not in page


def test_staff_see_the_name(staff_client, stuck):
    assert "Riya Sen" in staff_client.get(PAGE).content.decode()


def test_person_says_that_it_arrived(ops_client, ops, stuck):
    response = ops_client.post(f"{PAGE}nudges/{stuck.uuid}/arrived/", follow=True)
    assert said(response) == ["Noted: it arrived."]
    left_at = stuck.due_at
    stuck.refresh_from_db()
    assert (stuck.state, stuck.sent_at) == ("sent", left_at)
    assert stuck.events.get().by == ops
    assert stuck.attempts.get().finished_at is not None


def test_person_says_that_it_did_not(ops_client, ops, stuck):
    ops_client.post(f"{PAGE}nudges/{stuck.uuid}/send-again/")
    stuck.refresh_from_db()
    assert stuck.state == "queued"
    assert stuck.due_at <= timezone.now()
    assert (stuck.events.get().state, stuck.events.get().by) == ("queued", ops)


@pytest.mark.parametrize("answer", ["arrived", "send-again"])
def test_what_is_not_stuck_any_more_stays(ops_client, stuck, answer):
    Nudge.objects.update(state="sent")
    response = ops_client.post(f"{PAGE}nudges/{stuck.uuid}/{answer}/", follow=True)
    assert said(response) == ["Somebody else has decided on it already."]
    stuck.refresh_from_db()
    assert stuck.state == "sent"


def test_channel_is_paused_and_resumed_with_its_history(ops_client, ops):
    ops_client.post(f"{PAGE}channels/sms/pause/")
    assert ChannelState.objects.get(pk="sms").is_paused
    assert "Paused by hand" in ops_client.get(PAGE).content.decode()
    ops_client.post(f"{PAGE}channels/sms/resume/")
    assert not ChannelState.objects.get(pk="sms").is_paused
    assert {row.history_user for row in ChannelState.history.all()} == {ops}


def test_provider_that_is_left_alone_is_tried_now(ops_client):
    later = timezone.now() + timedelta(minutes=5)
    ChannelState.objects.create(channel="sms", failures=5, closed_until=later)
    assert "Try now" in ops_client.get(PAGE).content.decode()
    ops_client.post(f"{PAGE}channels/sms/try-now/")
    assert ChannelState.objects.get().closed_until < later


@pytest.mark.parametrize(("typed", "stored"), [("12.5", 12.5), ("", None)])
def test_rate_is_set_and_taken_away(ops_client, typed, stored):
    ops_client.post(f"{PAGE}channels/email/rate/", {"per_second": typed})
    assert ChannelState.objects.get(pk="email").per_second == stored


@pytest.mark.parametrize("typed", ["0", "-1", "many"])
def test_rate_that_is_none_changes_nothing(ops_client, typed):
    response = ops_client.post(f"{PAGE}channels/email/rate/", {"per_second": typed}, follow=True)
    assert said(response) == ["A limit is a number above 0, or nothing for no limit. It stays as it was."]
    assert not ChannelState.objects.exists()


def test_there_is_no_such_channel(ops_client):
    assert ops_client.post(f"{PAGE}channels/pigeon/pause/").status_code == 404


def test_operations_change_a_limit_in_the_admin(ops_client, ops):
    ChannelState.objects.create(channel="sms", failures=3)
    ops_client.post("/admin/nudges/channelstate/sms/change/", {"per_second": "4", "is_paused": "on"})
    state = ChannelState.objects.get()
    assert (state.per_second, state.is_paused, state.failures) == (4.0, True, 3)
    assert state.history.first().history_user == ops
