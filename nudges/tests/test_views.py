import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges import listing
from nudges.models import Nudge
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
COMPOSE = "/nudges/compose/"


def at(name, nudge) -> str:
    return reverse(f"nudges:{name}", args=[nudge.uuid])


def text_of(response) -> str:
    """The words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def learner():
    return LearnerFactory(name="Riya Sen", consecutive_missed_sessions=6, completed_percent=50)


@pytest.fixture
def draft(learner):
    return NudgeFactory(learner=learner)


@pytest.mark.parametrize("name", ["list", "compose"])
def test_pages_are_for_coordinators(client, ops, name):
    assert client.get(reverse(f"nudges:{name}")).status_code == 302
    client.force_login(ops)
    assert client.get(reverse(f"nudges:{name}")).status_code == 403


def test_each_channel_stands_with_the_gates_answer(coordinator_client, learner):
    ContactPreferenceFactory(learner=learner, channel="email", verified_at=None)
    page = coordinator_client.get(COMPOSE, {"learner": learner.uid})
    words = text_of(page)
    assert "Nudge Riya Sen" in words
    assert "The address for this channel is not confirmed yet." in words
    assert words.count("Has not agreed to messages on this channel.") == 2
    assert b'value="email" required disabled' in page.content


def test_type_and_language_are_proposed(coordinator_client, learner):
    learner.language = "bn"
    learner.save()
    form = coordinator_client.get(COMPOSE, {"learner": learner.uid}).context["form"]
    assert (form["type"].value(), form["language"].value(), form["channel"].value()) == ("reminder", "bn", "in-app")


def test_learner_whom_no_channel_is_open_for_can_not_be_written_to(coordinator_client, learner):
    NudgeFactory(learner=learner, state="sent", due_at=timezone.now())
    page = coordinator_client.get(COMPOSE, {"learner": learner.uid})
    assert "No channel is open for this learner right now." in text_of(page)


def test_nobody_chosen_leads_to_the_board(coordinator_client):
    assert coordinator_client.get(COMPOSE).url == "/"


def test_unknown_learner_is_not_found(coordinator_client):
    assert coordinator_client.get(COMPOSE, {"learner": "nobody"}).status_code == 404


def test_draft_is_written_and_shown(coordinator_client, learner):
    FallbackTemplateFactory(body="Hi {first_name}!")
    page = coordinator_client.post(
        COMPOSE, {"learner": learner.uid, "channel": "in-app", "type": "reminder", "language": "en"}, follow=True
    )
    nudge = Nudge.objects.get()
    assert page.redirect_chain == [(at("detail", nudge), 302)]
    words = text_of(page)
    assert "Template" in words
    assert "No language model is set up." in words
    assert "Hi Riya!" in words  # the preview
    assert "Hi {first_name}!" in words  # the text


def test_without_a_template_the_page_says_what_to_do(coordinator_client, learner):
    page = coordinator_client.post(
        COMPOSE, {"learner": learner.uid, "channel": "in-app", "type": "reminder", "language": "en"}
    )
    assert page.status_code == 422
    assert "loaddata fallback_templates" in text_of(page)


@pytest.mark.parametrize("wrong", [{"channel": "fax"}, {"type": ""}, {"language": "xx"}, {"channel": "a\0b"}])
def test_choice_that_does_not_exist_is_named(coordinator_client, learner, wrong):
    data = {"learner": learner.uid, "channel": "in-app", "type": "reminder", "language": "en"} | wrong
    page = coordinator_client.post(COMPOSE, data)
    assert page.status_code == 422
    assert b"field-error" in page.content


def test_fragment_for_the_drawer_is_the_fragment_alone(coordinator_client, draft):
    for url in (f"{COMPOSE}?learner={draft.learner.uid}", at("detail", draft)):
        page, fragment = coordinator_client.get(url), coordinator_client.get(url, **HTMX)
        assert b"<html" in page.content
        assert b"<html" not in fragment.content
        assert b"data-close-drawer" in fragment.content
        assert "HX-Request" in fragment["Vary"]


def test_preview_shows_what_will_go_out_and_stores_nothing(coordinator_client, draft):
    preview = coordinator_client.post(at("preview", draft), {"body": "Dear {first_name}"}, **HTMX)
    assert "Dear Riya" in text_of(preview)
    assert "9 of 500 characters" in text_of(preview)
    draft.refresh_from_db()
    assert draft.body != "Dear {first_name}"


def test_preview_names_the_problems(coordinator_client, draft):
    words = text_of(coordinator_client.post(at("preview", draft), {"body": "{quiz_average} {nickname}"}, **HTMX))
    assert "There is no placeholder {nickname}." in words
    assert "Take out {quiz_average}" in words


def test_preview_without_javascript_keeps_the_text(coordinator_client, draft):
    page = coordinator_client.post(at("preview", draft), {"body": "Dear {first_name}"})
    assert b"<html" in page.content
    assert b"Dear {first_name}</textarea>" in page.content
    assert "Dear Riya" in text_of(page)


def test_text_is_shown_never_run(coordinator_client, draft):
    page = coordinator_client.post(at("preview", draft), {"body": "<script>alert(1)</script>"})
    assert b"<script>alert" not in page.content


def test_sending_is_answered_at_once(coordinator_client, coordinator, draft):
    page = coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"}, follow=True)
    assert "Delivered to Riya Sen" in text_of(page)
    draft.refresh_from_db()
    assert (draft.state, draft.content, draft.edited) == ("delivered", "Dear Riya", True)
    assert draft.events.get(state="queued").by == coordinator


def test_sending_twice_shows_the_outcome_and_sends_once(coordinator_client, draft):
    coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"})
    page = coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"}, follow=True)
    assert "Delivered to Riya Sen" in text_of(page)
    assert draft.attempts.count() == 1


def test_text_with_a_problem_comes_back_with_it(coordinator_client, draft):
    page = coordinator_client.post(at("send", draft), {"body": "You are failing"}, **HTMX)
    assert page.status_code == 422
    assert "This can’t go out yet" in text_of(page)
    assert b"You are failing</textarea>" in page.content
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("body", ["a\0b", "a" * 10_001])
def test_text_that_can_not_be_stored_comes_back(coordinator_client, draft, body):
    page = coordinator_client.post(at("send", draft), {"body": body})
    assert page.status_code == 422
    assert b"field-error" in page.content


def test_refused_by_the_gate_says_why(coordinator_client, draft):
    ContactPreferenceFactory(learner=draft.learner, channel="in-app", allowed=False)
    assert "Has not agreed" in text_of(coordinator_client.get(at("detail", draft)))
    page = coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"}, follow=True)
    assert "Not sent Has not agreed to messages on this channel." in text_of(page)


def test_rewriting_puts_the_old_draft_away(coordinator_client, draft):
    FallbackTemplateFactory(body="Hello {first_name}!")
    page = coordinator_client.post(at("rewrite", draft), follow=True)
    assert "Hello Riya!" in text_of(page)
    draft.refresh_from_db()
    assert draft.state == "cancelled"


def test_rewriting_what_was_sent_does_nothing(coordinator_client, draft):
    FallbackTemplateFactory()
    Nudge.objects.update(state="sent")
    assert coordinator_client.post(at("rewrite", draft)).url == at("detail", draft)
    assert Nudge.objects.count() == 1


def test_rewriting_that_fails_keeps_the_draft(coordinator_client, draft):
    page = coordinator_client.post(at("rewrite", draft), follow=True)
    assert "No template in use fits" in text_of(page)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_choosing_again_puts_the_draft_away(coordinator_client, draft):
    assert coordinator_client.post(at("discard", draft)).url == f"{COMPOSE}?learner={draft.learner.uid}"
    draft.refresh_from_db()
    assert draft.state == "cancelled"


def test_outcome_is_read_out_with_the_drawers_heading(coordinator_client, draft):
    page = coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"}, follow=True, **HTMX)
    assert b'autofocus aria-describedby="outcome"' in page.content
    assert b'id="outcome"' in page.content


@pytest.mark.parametrize("name", ["preview", "send"])
def test_a_get_where_the_form_was_shown_again_leads_to_its_page(coordinator_client, draft, name):
    assert coordinator_client.get(at(name, draft)).url == at("detail", draft)
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("name", ["rewrite", "discard"])
def test_a_get_changes_nothing(coordinator_client, draft, name):
    assert coordinator_client.get(at(name, draft)).status_code == 405


def test_a_nudges_page_tells_its_story(coordinator_client, draft):
    coordinator_client.post(at("send", draft), {"body": "Dear {first_name}"})
    words = text_of(coordinator_client.get(at("detail", draft)))
    for part in ("Dear Riya", "Queued", "Sending", "Delivered", "in-app Accepted"):
        assert part in words


def test_nudge_on_its_way_is_followed(coordinator_client, draft):
    Nudge.objects.update(state="queued")
    assert b'hx-trigger="every 2s"' in coordinator_client.get(at("detail", draft)).content
    Nudge.objects.update(state="sent")
    assert b"every 2s" not in coordinator_client.get(at("detail", draft)).content


def test_nudge_that_hangs_is_pointed_out(coordinator_client, draft):
    Nudge.objects.update(state="sending", due_at=timezone.now() - timedelta(minutes=11))
    draft.events.create(state="sending")
    page = coordinator_client.get(at("detail", draft))
    assert "Nobody knows whether it arrived" in text_of(page)
    assert "On its way" not in text_of(page)
    assert b"every 2s" not in page.content
    listed = coordinator_client.get("/nudges/")
    assert b"is-stuck" in listed.content
    assert "for more than 10 minutes" in text_of(listed)


def test_list_is_filtered_by_state_channel_and_writer(coordinator_client):
    NudgeFactory(learner__name="Aman", state="failed", reason="provider_busy", channel="sms")
    NudgeFactory(learner__name="Karan", state="sent", source="ai")
    everything = text_of(coordinator_client.get("/nudges/"))
    assert "Aman" in everything
    assert "Karan" in everything
    assert "The provider asked to try again later." in everything
    for query, shown in (("state=failed", "Aman"), ("channel=sms", "Aman"), ("source=ai", "Karan")):
        words = text_of(coordinator_client.get(f"/nudges/?{query}"))
        assert [name for name in ("Aman", "Karan") if name in words] == [shown]
    assert "No nudge matches." in text_of(coordinator_client.get("/nudges/?state=cancelled"))


@pytest.mark.parametrize("query", ["state=bogus", "before=abc", "before=99999999999999999999", "batch=1", "before=²"])
def test_filter_that_makes_no_sense_is_left_out(coordinator_client, query):
    NudgeFactory(learner__name="Aman")
    assert "Aman" in text_of(coordinator_client.get(f"/nudges/?{query}"))


def test_list_goes_on_where_the_page_before_ended(coordinator_client, monkeypatch):
    monkeypatch.setattr(listing, "ROWS", 2)
    for name in ("Oldest", "Middle", "Newest"):
        NudgeFactory(learner__name=name, channel="in-app")
    first = coordinator_client.get("/nudges/?channel=in-app")
    assert "Oldest" not in text_of(first)
    second = coordinator_client.get("/nudges/" + first.context["page"].older)
    words = text_of(second)
    assert "Oldest" in words
    assert "Middle" not in words
    assert "channel=in-app" in first.context["page"].older


def test_list_takes_a_fixed_number_of_queries(coordinator_client, django_assert_max_num_queries):
    NudgeFactory.create_batch(20, state="sent")
    with django_assert_max_num_queries(6):
        coordinator_client.get("/nudges/")


def test_composer_takes_a_fixed_number_of_queries(coordinator_client, learner, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        coordinator_client.get(COMPOSE, {"learner": learner.uid})
