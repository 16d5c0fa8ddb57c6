import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from nudges import batches
from nudges.models import Campaign, Nudge, NudgeBatch
from nudges.states import State
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from nudges.transitions import move
from nudges.worker import work
from riskscoring.services import rescore_learners

pytestmark = pytest.mark.django_db

COMPOSE = "/nudges/compose/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name, batch) -> str:
    return reverse(f"nudges:{name}", args=[batch.uuid])


def saying(batch, body) -> dict[str, str]:
    """What the form posts with this text in place of each of the batch's."""
    return {f"text-{wording.pk}-body": body for wording in batch.wordings.all()}


def start(batch) -> None:
    """The time to take it back is over, and the delivery process comes by."""
    NudgeBatch.objects.filter(pk=batch.pk, status="scheduled").update(starts_at=timezone.now())
    batches.advance(timezone.now())


def send(client, batch, body="Dear {first_name}"):
    answer = client.post(at("batch_send", batch), saying(batch, body))
    start(batch)
    return answer


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def learners():
    FallbackTemplateFactory(body="Hi {first_name}!")
    people = [LearnerFactory(name=name) for name in ("Aman Rao", "Riya Sen", "Sana Ali")]
    rescore_learners(type(people[0]).objects.all(), as_of=timezone.now().date())
    return people


@pytest.fixture
def batch(coordinator_client, learners):
    data = {"learner": [learner.uid for learner in learners], "channel": "in-app", "type": "reminder", "language": ""}
    page = coordinator_client.post(COMPOSE, data, follow=True)
    assert page.status_code == 200
    return NudgeBatch.objects.get()


def test_several_learners_are_composed_for_together(coordinator_client, learners):
    page = coordinator_client.get(COMPOSE, {"learner": [learner.uid for learner in learners[:2]]})
    assert "Nudge 2 learners" in text_of(page)
    assert page.content.count(b'name="learner"') == 2


def test_all_that_the_boards_filter_matches(coordinator_client, learners):
    page = coordinator_client.get(COMPOSE, {"all": "1", "q": "riya", "order": "name"})
    assert "Nudge 1 learner" in text_of(page)
    assert b'name="q" value="riya"' in page.content


def test_filter_that_can_not_be_read_selects_nobody(coordinator_client, learners):
    assert coordinator_client.get(COMPOSE, {"all": "1", "level": "bogus"}).status_code == 404


def test_filter_that_matches_nobody_says_so(coordinator_client, learners):
    page = coordinator_client.get(COMPOSE, {"all": "1", "q": "nobody"})
    assert "No learner matches any more." in text_of(page)
    posted = {"all": "1", "q": "nobody", "channel": "in-app", "type": "reminder", "language": ""}
    assert coordinator_client.post(COMPOSE, posted).status_code == 422
    assert not NudgeBatch.objects.exists()


def test_both_sides_are_shown_with_names(coordinator_client, batch, learners):
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    NudgeFactory(learner=learners[2], state="sent", due_at=timezone.now())
    words = text_of(coordinator_client.get(at("batch", batch)))
    assert "1 gets it 2 do not" in words
    assert "1 Has not agreed to messages on this channel. Riya Sen" in words
    assert "1 One more nudge would be too many for 24 hours. Sana Ali" in words


def test_each_learners_message_can_be_looked_at(coordinator_client, batch):
    first = coordinator_client.post(at("batch_preview", batch), saying(batch, "Dear {first_name}"), **HTMX)
    assert "Dear Aman" in text_of(first)
    data = {**saying(batch, "Dear {first_name}"), "shown": ["0", "1"]}  # the page's own, and the button's
    assert "Dear Riya" in text_of(coordinator_client.post(at("batch_preview", batch), data, **HTMX))
    data["shown"] = "99"
    assert "Dear Sana" in text_of(coordinator_client.post(at("batch_preview", batch), data))
    data["shown"] = "-1"
    assert "Dear Aman" in text_of(coordinator_client.post(at("batch_preview", batch), data))


def test_preview_counts_who_lacks_a_fact(coordinator_client, batch, learners):
    learners[0].consecutive_missed_sessions = 2
    learners[0].save()
    words = text_of(coordinator_client.post(at("batch_preview", batch), saying(batch, "Missed {missed_sessions}")))
    assert "1 gets it 2 do not" in words
    assert "2 The text names a fact that we do not know about this learner." in words


def test_sending_waits_for_second_thoughts_then_shows_how_far_it_is(coordinator_client, batch, learners):
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    page = coordinator_client.post(at("batch_send", batch), saying(batch, "Dear {first_name}"), follow=True)
    assert re.search(r"Starts in (60|59) seconds. Nobody has got anything yet.", text_of(page))
    assert b'hx-trigger="every 1s"' in page.content
    assert b'http-equiv="refresh"' in page.content
    assert not Nudge.objects.exists()
    start(batch)
    page = coordinator_client.get(at("batch", batch))
    assert "2 nudges are on their way" in text_of(page)
    assert "3 learners were meant, and 2 were to get it" in text_of(page)
    assert b'hx-trigger="every 2s"' in page.content
    work()
    work()
    page = coordinator_client.get(at("batch", batch))
    words = text_of(page)
    assert "Done: 2 nudges went out" in words
    assert "Has not agreed to messages on this channel. 1" in words
    assert b"hx-trigger" not in page.content
    assert set(Nudge.objects.filter(state="delivered").values_list("content", flat=True)) == {"Dear Aman", "Dear Sana"}


def test_undo_brings_the_draft_back_with_its_words(coordinator_client, batch):
    coordinator_client.post(at("batch_send", batch), saying(batch, "Dear {first_name}"))
    page = coordinator_client.post(at("batch_undo", batch), follow=True)
    assert b"Dear {first_name}</textarea>" in page.content
    batch.refresh_from_db()
    assert (batch.status, batch.starts_at, batch.started_by) == ("draft", None, None)


def test_undo_that_comes_too_late_says_so(coordinator_client, batch):
    send(coordinator_client, batch)
    page = coordinator_client.post(at("batch_undo", batch), follow=True)
    assert "It has started: what has left can’t be taken back." in text_of(page)
    assert Nudge.objects.filter(state="queued").count() == 3


def test_paused_then_resumed(coordinator_client, batch):
    send(coordinator_client, batch)
    page = coordinator_client.post(at("batch_pause", batch), follow=True)
    assert "Paused: 3 nudges wait" in text_of(page)
    work()
    assert not Nudge.objects.filter(state="delivered").exists()
    page = coordinator_client.post(at("batch_resume", batch), follow=True)
    assert "3 nudges are on their way" in text_of(page)
    work()
    assert Nudge.objects.filter(state="delivered").count() == 3


def test_what_is_cancelled_does_not_leave(coordinator_client, batch):
    send(coordinator_client, batch)
    page = coordinator_client.post(at("batch_cancel", batch), follow=True)
    assert "Cancelled: 0 nudges had gone out" in text_of(page)
    assert "This bulk nudge was cancelled. 3" in text_of(page)
    work()
    assert set(Nudge.objects.values_list("state", flat=True)) == {"cancelled"}


def test_it_can_be_set_for_later_in_the_coordinators_zone(coordinator_client, batch):
    tomorrow = timezone.now().astimezone(ZoneInfo("Asia/Dhaka")) + timedelta(days=1)
    data = {"at": f"{tomorrow:%Y-%m-%dT%H:%M}", "zone": "Asia/Dhaka", "later": "on"}
    page = coordinator_client.post(at("batch_send", batch), saying(batch, "Dear {first_name}") | data, follow=True)
    assert "Starts at" in text_of(page)
    batch.refresh_from_db()
    assert batch.starts_at == tomorrow.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2020-01-01T09:00", "This time is past."),
        ("2999-01-01T09:00", "Choose a time within a year."),
        ("", "Give a day and a time."),
        ("soon", "Give a day and a time."),
    ],
)
def test_a_time_that_makes_no_sense_sends_nothing(coordinator_client, batch, moment, sentence):
    page = coordinator_client.post(at("batch_send", batch), {"at": moment, "later": "on", "zone": "Nowhere/Else"})
    assert page.status_code == 422
    assert sentence in text_of(page)
    batch.refresh_from_db()
    assert batch.status == "draft"


def test_the_list_shows_where_each_stands(coordinator_client, batch):
    send(coordinator_client, batch)
    words = text_of(coordinator_client.get("/nudges/batches/"))
    assert "Running" in words
    assert "3 of 3" in words


def test_the_list_is_empty_at_first(coordinator_client):
    assert "No bulk nudges yet." in text_of(coordinator_client.get("/nudges/batches/"))


def test_names_behind_each_reason_are_a_click_away(coordinator_client, batch, learners):
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    send(coordinator_client, batch)
    page = coordinator_client.get(at("batch", batch))
    address = f"/nudges/?batch={batch.uuid}&state=suppressed&reason=no_consent"
    assert address.replace("&", "&amp;").encode() in page.content
    words = text_of(coordinator_client.get(address))
    assert "Riya Sen" in words
    assert "Aman Rao" not in words


def test_batch_does_not_wait_for_a_nudge_whose_sender_died(coordinator_client, batch, learners):
    send(coordinator_client, batch)
    cut_off = batch.nudges.get(learner=learners[0])
    move(cut_off.pk, State.QUEUED, State.SENDING)
    work()
    Nudge.objects.filter(pk=cut_off.pk).update(due_at=timezone.now() - timedelta(minutes=11))
    batches.advance(timezone.now())
    page = coordinator_client.get(at("batch", batch))
    assert "One nudge was handed over more than 10 minutes ago" in text_of(page)
    assert "Done: 2 nudges went out" in text_of(page)
    assert b"hx-trigger" not in page.content


def test_sending_twice_sends_once(coordinator_client, batch):
    for _ in range(2):
        send(coordinator_client, batch)
    assert Nudge.objects.count() == 3


def test_text_with_a_problem_comes_back_with_it(coordinator_client, batch):
    page = coordinator_client.post(at("batch_send", batch), saying(batch, "You are failing"))
    assert page.status_code == 422
    assert "This can’t go out yet" in text_of(page)
    assert b"You are failing</textarea>" in page.content
    assert not Nudge.objects.exists()


def test_text_that_can_not_be_stored_comes_back(coordinator_client, batch):
    assert coordinator_client.post(at("batch_send", batch), saying(batch, "a\0b")).status_code == 422
    assert not Nudge.objects.exists()


def test_rewriting_takes_another_template(coordinator_client, batch):
    FallbackTemplateFactory(body="Hello {first_name}!")
    page = coordinator_client.post(at("batch_rewrite", batch), follow=True)
    assert "Hello Aman!" in text_of(page)
    page = coordinator_client.post(at("batch_rewrite", batch), follow=True)
    assert "Hi Aman!" in text_of(page)


def test_rewriting_what_was_sent_keeps_it(coordinator_client, batch):
    coordinator_client.post(at("batch_send", batch), saying(batch, "Dear {first_name}"))
    assert coordinator_client.post(at("batch_rewrite", batch)).url == at("batch", batch)
    assert NudgeBatch.objects.count() == 1


def test_choosing_again_keeps_the_selection(coordinator_client, batch, learners):
    answer = coordinator_client.post(at("batch_discard", batch))
    assert answer.url == f"{COMPOSE}?" + "&".join(f"learner={learner.uid}" for learner in learners)
    assert not NudgeBatch.objects.exists()


@pytest.mark.parametrize("name", ["batch_preview", "batch_send"])
def test_a_get_where_the_form_was_shown_again_leads_to_its_page(coordinator_client, batch, name):
    assert coordinator_client.get(at(name, batch)).url == at("batch", batch)
    batch.refresh_from_db()
    assert batch.started_at is None


def test_rewriting_for_a_cohort_that_was_deleted_meanwhile_says_that_it_is_gone(coordinator_client, learners):
    cohort = CohortFactory(program=learners[0].program)
    type(learners[0]).objects.update(cohort=cohort)
    data = {"all": "1", "cohort": cohort.pk, "channel": "in-app", "type": "reminder", "language": ""}
    coordinator_client.post(COMPOSE, data)
    batch = NudgeBatch.objects.get()
    cohort.delete()
    assert coordinator_client.post(at("batch_rewrite", batch)).url == at("batch", batch)
    assert coordinator_client.get(at("batch", batch)).status_code == 404


@pytest.mark.parametrize(
    "name", ["batch_rewrite", "batch_discard", "batch_undo", "batch_pause", "batch_resume", "batch_cancel"]
)
def test_a_get_changes_nothing(coordinator_client, batch, name):
    assert coordinator_client.get(at(name, batch)).status_code == 405


def test_drawer_gets_the_fragment_alone(coordinator_client, batch):
    assert b"<html" not in coordinator_client.get(at("batch", batch), **HTMX).content
    coordinator_client.post(at("batch_send", batch), saying(batch, "Dear {first_name}"))
    assert b"<html" not in coordinator_client.get(at("batch", batch), **HTMX).content


@pytest.mark.parametrize("name", ["batch_preview", "batch_send", "batch_rewrite", "batch_discard"])
def test_words_of_a_campaign_are_changed_with_the_campaign(coordinator_client, batch, name):
    campaign = Campaign.objects.create(name="Come back", type="reminder")
    NudgeBatch.objects.filter(pk=batch.pk).update(campaign=campaign)
    assert coordinator_client.post(at(name, batch), saying(batch, "Dear {first_name}")).status_code == 404
    assert coordinator_client.get(at("batch", batch)).url == f"/campaigns/{campaign.uuid}/"
    assert batch.wordings.get().body == "Hi {first_name}!"
    batch.refresh_from_db()
    assert batch.status == "draft"


def test_pages_take_a_fixed_number_of_queries(coordinator_client, django_assert_max_num_queries):
    FallbackTemplateFactory(body="Hi {first_name}!")
    people = LearnerFactory.create_batch(40)
    data = {"learner": [learner.uid for learner in people], "channel": "in-app", "type": "reminder", "language": ""}
    coordinator_client.post(COMPOSE, data)
    batch = NudgeBatch.objects.get()
    with django_assert_max_num_queries(75):
        coordinator_client.get(at("batch", batch))
    send(coordinator_client, batch)
    with django_assert_max_num_queries(9):
        coordinator_client.get(at("batch", batch))
    with django_assert_max_num_queries(6):
        coordinator_client.get("/nudges/batches/")


def test_what_waits_shows_its_words_before_they_are_filled_in(coordinator_client, batch):
    send(coordinator_client, batch)
    assert "Dear {first_name}" in text_of(coordinator_client.get("/nudges/"))
    page = text_of(coordinator_client.get(f"/nudges/{batch.nudges.first().uuid}/"))
    assert "Dear {first_name}" in page
    assert "filled in when it leaves" in page
    learner = batch.nudges.first().learner
    assert "Dear {first_name}" in text_of(coordinator_client.get(f"/learners/{learner.uid}/"))
    told = coordinator_client.get(f"/api/learners/{learner.uid}").json()
    assert told["nudges"][0]["content"] == "Dear {first_name}"
