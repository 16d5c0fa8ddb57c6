from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.learner_page import in_hundredths
from learners.models import ContactPreference, Note
from learners.tests.factories import LearnerFactory
from nudges.models import Nudge
from riskscoring.tests.factories import RiskScoreFactory, RiskSnapshotFactory

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def riya(db):
    score = RiskScoreFactory(
        priority=7975,
        change=-530,
        as_of=date(2026, 11, 20),
        learner__uid="learner_003",
        learner__name="Riya",
        learner__completed_percent=25,
        learner__avg_quiz_score=45,
        learner__consecutive_missed_sessions=5,
        learner__last_login=datetime(2026, 10, 1, tzinfo=UTC),
    )
    return score.learner


def test_page_says_why_the_score_is_what_it_is(coordinator_client, riya):
    page = text_of(coordinator_client.get("/learners/learner_003/"))
    assert "Handed in 25% of the work due" in page
    assert "0.38 <small>of 0.50</small>" in page
    assert "Handing in the rest would take" in page
    assert "0.05 less than last week" in page


@pytest.mark.django_db
def test_learner_without_a_score_is_shown_as_not_scored_yet(coordinator_client):
    LearnerFactory(uid="new")
    assert "Not scored yet" in text_of(coordinator_client.get("/learners/new/"))


@pytest.mark.parametrize("path", ["/learners/nobody/", "/learners/nobody/notes/", "/learners/%F0%9F%98%80/"])
def test_unknown_learner_is_not_found(coordinator_client, path):
    method = coordinator_client.post if "notes" in path else coordinator_client.get
    assert method(path).status_code == 404


def test_htmx_gets_the_learner_without_the_frame(coordinator_client, riya):
    response = coordinator_client.get("/learners/learner_003/", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert "Riya" in response.content.decode()
    assert "HX-Request" in response["Vary"]
    assert b'tabindex="-1" autofocus' in response.content  # where the keyboard goes on, also after j and k
    assert "<html" in coordinator_client.get("/learners/learner_003/").content.decode()


def test_next_and_previous_stay_within_the_filter(coordinator_client, riya):
    RiskScoreFactory(priority=9000, learner__uid="worse", learner__name="Riya too")
    RiskScoreFactory(priority=8500, learner__uid="other", learner__name="Aman")
    RiskScoreFactory(priority=100, learner__uid="better", learner__name="Riya as well")
    page = coordinator_client.get("/learners/learner_003/?q=riya").context["page"]
    assert page.previous_url == "/learners/worse/?q=riya"
    assert page.next_url == "/learners/better/?q=riya"


def test_history_shows_what_was_sent_and_why_not(coordinator_client, riya):
    Nudge.objects.create(
        learner=riya, channel="sms", type="reminder", language="en", content="Hi Riya", state="sent", source="ai"
    )
    Nudge.objects.create(
        learner=riya,
        channel="email",
        type="kudos",
        language="en",
        state="suppressed",
        reason="no_consent",
        source="template",
    )
    page = text_of(coordinator_client.get("/learners/learner_003/"))
    assert "Hi Riya" in page
    assert "Not sent" in page
    assert ">AI<" in page
    assert ">Template<" in page


def test_note_is_kept_with_its_author(coordinator_client, coordinator, riya):
    response = coordinator_client.post("/learners/learner_003/notes/?q=riya", {"text": "Called <her>."})
    assert response["Location"] == "/learners/learner_003/?q=riya"
    note = Note.objects.get()
    assert (note.learner, note.author, note.text) == (riya, coordinator, "Called <her>.")
    assert "Called &lt;her&gt;." in text_of(coordinator_client.get("/learners/learner_003/"))


def test_blank_note_comes_back_with_its_error(coordinator_client, riya):
    response = coordinator_client.post("/learners/learner_003/notes/", {"text": " "})
    assert response.status_code == 422
    assert "Write something first." in text_of(response)
    assert not Note.objects.exists()


def test_note_from_the_drawer_answers_with_the_learner_as_they_are_now(coordinator_client, riya):
    response = coordinator_client.post("/learners/learner_003/notes/", {"text": "Called."}, headers=HTMX)
    assert response.status_code == 200
    assert "Called." in text_of(response)
    assert "<html" not in response.content.decode()


def test_consent_is_recorded_with_its_source(coordinator_client, riya):
    said = {"channel": "email", "allowed": "yes", "source": "phone call", "verified": "on"}
    assert coordinator_client.post("/learners/learner_003/preferences/", said).status_code == 302
    preference = ContactPreference.objects.get()
    assert (preference.channel, preference.allowed, preference.source) == ("email", True, "phone call")
    assert preference.verified_at
    assert "phone call" in text_of(coordinator_client.get("/learners/learner_003/"))


@pytest.mark.parametrize(
    "said",
    [
        {"channel": "email", "allowed": "yes", "source": ""},
        {"channel": "pigeon", "allowed": "yes", "source": "form"},
        {"channel": "email", "allowed": "perhaps", "source": "form"},
    ],
)
def test_consent_that_is_not_clear_is_not_recorded(coordinator_client, riya, said):
    assert coordinator_client.post("/learners/learner_003/preferences/", said).status_code == 422
    assert not ContactPreference.objects.exists()


def test_page_takes_as_many_queries_for_a_long_history_as_for_none(
    coordinator_client, coordinator, riya, django_assert_max_num_queries
):
    for n in range(25):
        nudge = Nudge.objects.create(
            learner=riya,
            channel="sms",
            type="reminder",
            language="en",
            state="sent",
            source="ai",
            created_by=coordinator,
        )
        nudge.events.create(state="sent")
        Note.objects.create(learner=riya, author=coordinator, text=f"Note {n}")
        RiskSnapshotFactory(learner=riya, day=date(2026, 10, n + 1))
        RiskScoreFactory(priority=n)
    with django_assert_max_num_queries(24):
        coordinator_client.get("/learners/learner_003/")


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
def test_parts_in_two_places_add_up_to_the_sum_in_two_places(parts):
    exact = [Decimal(part).scaleb(-4) for part in parts]
    shown = in_hundredths(exact)
    assert sum(shown) == sum(exact).quantize(Decimal("0.01"))
    assert all(abs(a - b) < Decimal("0.01") for a, b in zip(shown, exact, strict=True))
