import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from nudges.models import Nudge, NudgeBatch, NudgeEvent
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
    assert "1 Had a nudge in the last 24 hours. The limit is 1 a day. Sana Ali" in words


def test_each_learners_message_can_be_looked_at(coordinator_client, batch):
    first = coordinator_client.post(at("batch_preview", batch), {"en-body": "Dear {first_name}"}, **HTMX)
    assert "Dear Aman" in text_of(first)
    data = {"en-body": "Dear {first_name}", "shown": ["0", "1"]}  # the page's own, and the button's
    assert "Dear Riya" in text_of(coordinator_client.post(at("batch_preview", batch), data, **HTMX))
    data["shown"] = "99"
    assert "Dear Sana" in text_of(coordinator_client.post(at("batch_preview", batch), data))
    data["shown"] = "-1"
    assert "Dear Aman" in text_of(coordinator_client.post(at("batch_preview", batch), data))


def test_preview_counts_who_lacks_a_fact(coordinator_client, batch, learners):
    learners[0].consecutive_missed_sessions = 2
    learners[0].save()
    words = text_of(coordinator_client.post(at("batch_preview", batch), {"en-body": "Missed {missed_sessions}"}))
    assert "1 gets it 2 do not" in words
    assert "2 The text names a fact that we do not know about this learner." in words


def test_sending_queues_everyone_and_shows_how_far_it_is(coordinator_client, batch, learners):
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    page = coordinator_client.post(at("batch_send", batch), {"en-body": "Dear {first_name}"}, follow=True)
    assert "2 nudges are on their way" in text_of(page)
    assert b'hx-trigger="every 2s"' in page.content
    assert b'http-equiv="refresh"' in page.content
    work()
    page = coordinator_client.get(at("batch", batch))
    words = text_of(page)
    assert "Done: 2 nudges went out" in words
    assert "Has not agreed to messages on this channel. 1" in words
    assert b"every 2s" not in page.content
    assert set(Nudge.objects.filter(state="delivered").values_list("content", flat=True)) == {"Dear Aman", "Dear Sana"}


def test_batch_does_not_wait_for_a_nudge_whose_sender_died(coordinator_client, batch, learners):
    coordinator_client.post(at("batch_send", batch), {"en-body": "Dear {first_name}"})
    cut_off = batch.nudges.get(learner=learners[0])
    move(cut_off.pk, State.QUEUED, State.SENDING)
    work()
    NudgeEvent.objects.filter(nudge=cut_off).update(at=timezone.now() - timedelta(minutes=11))
    page = coordinator_client.get(at("batch", batch))
    assert "Done: 2 nudges went out" in text_of(page)
    assert "One nudge was handed over more than 10 minutes ago" in text_of(page)
    assert b"every 2s" not in page.content


def test_sending_twice_sends_once(coordinator_client, batch):
    for _ in range(2):
        coordinator_client.post(at("batch_send", batch), {"en-body": "Dear {first_name}"})
    assert Nudge.objects.count() == 3


def test_text_with_a_problem_comes_back_with_it(coordinator_client, batch):
    page = coordinator_client.post(at("batch_send", batch), {"en-body": "You are failing"})
    assert page.status_code == 422
    assert "This can’t go out yet" in text_of(page)
    assert b"You are failing</textarea>" in page.content
    assert not Nudge.objects.exists()


def test_text_that_can_not_be_stored_comes_back(coordinator_client, batch):
    assert coordinator_client.post(at("batch_send", batch), {"en-body": "a\0b"}).status_code == 422
    assert not Nudge.objects.exists()


def test_rewriting_takes_another_template(coordinator_client, batch):
    FallbackTemplateFactory(body="Hello {first_name}!")
    page = coordinator_client.post(at("batch_rewrite", batch), follow=True)
    assert "Hello Aman!" in text_of(page)
    assert not NudgeBatch.objects.filter(pk=batch.pk).exists()


def test_rewriting_what_was_sent_keeps_it(coordinator_client, batch):
    coordinator_client.post(at("batch_send", batch), {"en-body": "Dear {first_name}"})
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


@pytest.mark.parametrize("name", ["batch_rewrite", "batch_discard"])
def test_a_get_changes_nothing(coordinator_client, batch, name):
    assert coordinator_client.get(at(name, batch)).status_code == 405


def test_drawer_gets_the_fragment_alone(coordinator_client, batch):
    assert b"<html" not in coordinator_client.get(at("batch", batch), **HTMX).content
    coordinator_client.post(at("batch_send", batch), {"en-body": "Dear {first_name}"})
    assert b"<html" not in coordinator_client.get(at("batch", batch), **HTMX).content
