from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from learners.models import ContactPreference
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory, ProgramFactory
from nudges.answering.touches import KEPT_PER_NUDGE, tally_of
from nudges.links import token_of
from nudges.models import AutomationStop, Reply, Task, Touch
from nudges.states import State

from .factories import NudgeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudge(coordinator):
    coordinator.first_name, coordinator.last_name = "Maya", "Rahman"
    coordinator.save()
    learner = LearnerFactory(owner=coordinator, program=ProgramFactory(course_url="https://learn.example.org/python"))
    ContactPreferenceFactory(learner=learner, channel="email")
    return NudgeFactory(
        learner=learner,
        channel="email",
        state=State.SENT,
        subject="Loops",
        body="You missed {missed_sessions} sessions. Shall we go on?",
        content="You missed 3 sessions. Shall we go on?",
        sent_at=timezone.now() - timedelta(hours=2),
    )


@pytest.fixture
def learner_client():
    """As a phone's mail program: no cookies, and CSRF as in production."""
    return Client(enforce_csrf_checks=True)


def address(nudge, page="answer"):
    return reverse(f"nudges:message_{page}", args=[token_of(nudge.uuid)])


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def counts():
    return [model.objects.count() for model in (Reply, Task, AutomationStop, ContactPreference.history.model)]


def test_page_shows_the_message_who_signs_it_and_from_which_data_it_came(learner_client, nudge):
    page = text_of(learner_client.get(address(nudge)))
    assert "You missed 3 sessions. Shall we go on?" in page
    assert "A message from Maya Rahman" in page
    assert "which sessions you came to" in page
    assert "Stop messages by Email" in page


def test_page_never_names_a_score_or_a_label(learner_client, nudge):
    page = text_of(learner_client.get(address(nudge))).casefold()
    assert not [word for word in ("risk", "score", "failing", "drop out", "level") if f" {word}" in page]


def test_page_speaks_the_learners_language_whatever_the_browser_asks_for(learner_client, nudge):
    nudge.learner.language = "bn"
    nudge.learner.save()
    response = learner_client.get(address(nudge), headers={"Accept-Language": "en"})
    assert '<html lang="bn">' in response.content.decode()
    assert response["Content-Language"] == "bn"


def test_page_tells_the_hour_by_the_learners_clock(learner_client, nudge):
    nudge.learner.timezone = "Asia/Dhaka"
    nudge.learner.save()
    at = datetime(2026, 11, 20, 20, 5, tzinfo=UTC)
    Reply.objects.create(nudge=nudge, learner=nudge.learner, channel="email", kind=Reply.Kind.FINE, at=at)
    page = text_of(learner_client.get(address(nudge)))
    assert "21 Nov 2026, 02:05" in page


def test_looking_changes_nothing_and_sets_no_cookie(learner_client, nudge):
    before = counts()
    for page in ("answer", "stop", "go", "seen"):
        for method in (learner_client.get, learner_client.head):
            assert not method(address(nudge, page)).cookies
    assert counts() == before
    nudge.refresh_from_db()
    assert nudge.state == State.SENT


@pytest.mark.parametrize("page", ["", "go", "seen.gif", "stop"])
@pytest.mark.parametrize("token", ["x", "A" * 38, "%00", "é"])
def test_a_token_that_we_did_not_write_is_told_kindly(learner_client, token, page):
    response = learner_client.get(f"/n/{token}/{page}")
    assert response.status_code in {400, 404}
    if response.status_code == 404:
        assert "We can’t find this message" in text_of(response)


def test_a_token_of_a_message_that_never_left_opens_nothing(learner_client, nudge):
    nudge.state = State.SUPPRESSED
    nudge.save()
    assert learner_client.get(address(nudge)).status_code == 404
    assert learner_client.post(address(nudge, "stop")).status_code == 404


def test_help_makes_a_task_and_thanks_the_learner(learner_client, nudge, coordinator):
    response = learner_client.post(address(nudge), {"kind": "help", "answer_id": str(uuid4())})
    assert response.status_code == 302
    assert "Maya Rahman will get in touch" in text_of(learner_client.get(response["Location"]))
    assert Task.objects.get().owner == coordinator


def test_the_same_showing_posted_twice_is_one_answer(learner_client, nudge):
    form = {"kind": "text", "text": "I was ill", "answer_id": str(uuid4())}
    for _time in range(2):
        learner_client.post(address(nudge), form)
    assert Reply.objects.count() == 1
    assert "I was ill" in text_of(learner_client.get(address(nudge)))


def test_an_empty_answer_comes_back_with_its_error(learner_client, nudge):
    response = learner_client.post(address(nudge), {"kind": "text", "text": " "})
    assert response.status_code == 422
    assert "Write something first." in text_of(response)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("kind", ["", "stop", "nonsense"])
def test_an_unknown_button_stores_nothing(learner_client, nudge, kind):
    assert learner_client.post(address(nudge), {"kind": kind}).status_code == 422
    assert not Reply.objects.exists()


def test_answers_by_one_page_are_bounded(learner_client, nudge, monkeypatch):
    monkeypatch.setattr("nudges.answering.views.MOST_ANSWERS", 2)
    statuses = [learner_client.post(address(nudge), {"kind": "fine"}).status_code for _time in range(3)]
    assert statuses == [302, 302, 429]
    assert Reply.objects.count() == 2


def test_one_click_withdraws_consent_without_cookie_token_or_redirect(learner_client, nudge):
    response = learner_client.post(
        address(nudge, "stop"), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    said = ContactPreference.objects.get(learner=nudge.learner, channel="email")
    assert not said.allowed
    assert said.source == "the learner, by the unsubscribe button of a mail program"


def test_one_click_again_changes_nothing_more(learner_client, nudge):
    learner_client.post(address(nudge, "stop"), {"List-Unsubscribe": "One-Click"})
    before = counts(), ContactPreference.objects.get(channel="email").decided_at
    assert learner_client.post(address(nudge, "stop"), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (counts(), ContactPreference.objects.get(channel="email").decided_at) == before


def test_one_click_as_multipart_counts_too(learner_client, nudge):
    learner_client.post(address(nudge, "stop"), {"List-Unsubscribe": "One-Click"}, format="multipart")
    assert not ContactPreference.objects.get(channel="email").allowed


def test_stop_all_withdraws_every_channel_that_was_open(learner_client, nudge):
    ContactPreferenceFactory(learner=nudge.learner, channel="sms")
    response = learner_client.post(address(nudge, "stop"), {"which": "all"})
    assert "No messages come to you any more" in text_of(response)
    said = dict(ContactPreference.objects.filter(learner=nudge.learner).values_list("channel", "allowed"))
    assert said == {"email": False, "sms": False, "in-app": False}


def test_a_click_leads_to_the_course_and_nowhere_that_the_link_says(learner_client, nudge):
    response = learner_client.get(address(nudge, "go") + "?next=https://evil.example/&url=//evil.example")
    assert response["Location"] == "https://learn.example.org/python"


@pytest.mark.parametrize("course_url", ["", "javascript:alert(1)"])
def test_without_an_address_of_the_course_a_click_leads_to_the_message(learner_client, nudge, course_url):
    nudge.learner.program.course_url = course_url
    nudge.learner.program.save()
    assert learner_client.get(address(nudge, "go"))["Location"] == address(nudge)


@pytest.mark.parametrize(("seconds", "machine"), [(0, True), (59, True), (61, False)])
def test_opens_and_clicks_right_after_sending_are_a_machines(learner_client, nudge, seconds, machine):
    nudge.sent_at = timezone.now() - timedelta(seconds=seconds)
    nudge.save()
    learner_client.get(address(nudge, "go"))
    response = learner_client.get(address(nudge, "seen"))
    assert response["Content-Type"] == "image/gif"
    assert list(Touch.objects.values_list("kind", "is_machine")) == [("click", machine), ("open", machine)]


def test_what_asks_for_headers_alone_is_not_noted(learner_client, nudge):
    for page in ("go", "seen"):
        learner_client.head(address(nudge, page))
    assert not Touch.objects.exists()


def test_touches_of_one_message_are_bounded(learner_client, nudge):
    for _time in range(KEPT_PER_NUDGE + 5):
        learner_client.get(address(nudge, "seen"))
    assert tally_of(nudge).opens == KEPT_PER_NUDGE


def test_the_address_is_told_to_no_other_site_and_kept_by_nobody(learner_client, nudge):
    response = learner_client.get(address(nudge))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", ["go", "seen"])
def test_a_post_where_nothing_is_posted_is_refused(learner_client, nudge, page):
    assert learner_client.post(address(nudge, page)).status_code == 405


def test_the_nudges_own_page_shows_answers_and_machines_apart(coordinator_client, nudge):
    Reply.objects.create(
        learner=nudge.learner, nudge=nudge, channel="email", kind="text", text="Thanks", at=nudge.sent_at
    )
    for kind, machine in (("open", False), ("open", True), ("click", True)):
        Touch.objects.create(nudge=nudge, kind=kind, at=nudge.sent_at, is_machine=machine)
    page = text_of(coordinator_client.get(f"/nudges/{nudge.uuid}/"))
    assert "Thanks" in page
    assert "Opened 1 time · clicked 0 times · and 2 by machines." in page
