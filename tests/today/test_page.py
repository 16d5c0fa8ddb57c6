from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.today.visits import visit
from nudges.models import Handled, QueueVisit

from .test_queue import at_risk

pytestmark = pytest.mark.django_db


def test_the_queue_opens_on_who_is_first(coordinator_client):
    learner = at_risk()
    page = coordinator_client.get("/today").content.decode()
    assert learner.name in page
    assert "new since then" in page


def test_with_nobody_to_help_the_page_says_so_and_leads_to_the_board(coordinator_client):
    page = coordinator_client.get("/today").content.decode()
    assert "Nobody needs you first today" in page
    assert reverse("riskscoring:board") in page


def test_the_owners_learners_are_shown_first_and_everyones_on_request(coordinator_client, coordinator):
    mine, other = at_risk(owner=coordinator, name="Mine Alone"), at_risk(name="Somebody Else")
    page = coordinator_client.get("/today").content.decode()
    assert mine.name in page
    assert other.name not in page
    assert other.name in coordinator_client.get("/today?whose=all").content.decode()


def test_a_learner_is_done_for_today_and_can_be_put_back(coordinator_client):
    learner = at_risk()
    address = reverse("today_put_off", args=[learner.uid])
    page = coordinator_client.post(address, {"until": "tomorrow"}, follow=True).content.decode()
    assert f"{learner.name} is done for today." in page
    assert "Nobody needs you first today" in page
    assert Handled.objects.get().until == timezone.now().date() + timedelta(days=1)
    coordinator_client.post(address, {"until": "back"})
    assert not Handled.objects.exists()


def test_an_unknown_choice_changes_nothing(coordinator_client):
    learner = at_risk()
    page = coordinator_client.post(reverse("today_put_off", args=[learner.uid]), {"until": "never"}, follow=True)
    assert "Choose until when." in page.content.decode()
    assert not Handled.objects.exists()


@pytest.mark.parametrize(("asked", "kept"), [("5", 5), ("6", 15), ("", 15), ("-1", 15)])
def test_the_day_holds_what_is_offered(coordinator_client, coordinator, asked, kept):
    coordinator_client.get("/today")
    coordinator_client.post(reverse("today_capacity"), {"capacity": asked})
    assert QueueVisit.objects.get(user=coordinator).capacity == kept


def test_next_and_previous_are_those_of_the_queue(coordinator_client):
    first, second = at_risk(9_000), at_risk(8_000)
    page = coordinator_client.get(f"/learners/{first.uid}/?today=1").content.decode()
    assert f"/learners/{second.uid}/?today=1" in page
    assert 'rel="prev"' not in page


def test_coming_back_the_same_morning_keeps_what_was_new(coordinator):
    now = timezone.now()
    first = visit(coordinator, now=now - timedelta(days=1))
    visit(coordinator, now=now)
    again = visit(coordinator, now=now + timedelta(hours=1))
    assert again.since == first.last_at


def test_the_page_takes_as_many_queries_for_many_as_for_few(coordinator_client, django_assert_max_num_queries):
    for _ in range(12):
        at_risk()
    with django_assert_max_num_queries(22):
        coordinator_client.get("/today")
