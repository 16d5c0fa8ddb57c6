import pytest
from django.utils import timezone

from learners.changes import announce
from learners.channels import Channel
from learners.models import ContactPreference, Learner
from learners.tests.factories import LearnerFactory
from nudges.channels.base import ChannelError
from nudges.models import Nudge, NudgeType
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def riya(db) -> Learner:
    learner = LearnerFactory(
        uid="riya", name="Riya", email="riya@example.org", completed_percent=45, consecutive_missed_sessions=3
    )
    announce(Learner.objects.filter(pk=learner.pk))
    return learner


@pytest.fixture
def _templates(db):
    for channel in Channel.values:
        for type_ in NudgeType.values:
            FallbackTemplateFactory(channel=channel, type=type_, subject="Hello" if channel == "email" else "")


def nudge(client, uid="riya", **body):
    return client.post(f"/api/learners/{uid}/nudge", body, content_type="application/json")


def error_of(response) -> dict:
    return response.json()["error"]


def test_a_learner_is_shown_with_their_latest_nudges(coordinator_client, riya):
    for number in range(51):
        NudgeFactory(learner=riya, body=f"number {number}")
    shown = coordinator_client.get("/api/learners/riya").json()
    assert shown["id"] == "riya"
    assert shown["risk_label"] == "medium"
    assert len(shown["nudges"]) == 50
    assert shown["nudges"][0]["content"] == "number 50"
    assert shown["nudges"][0]["gptFallback"] is True


def test_a_learner_costs_a_fixed_number_of_queries(coordinator_client, riya, django_assert_max_num_queries):
    for _ in range(10):
        NudgeFactory(learner=riya)
    with django_assert_max_num_queries(6):
        coordinator_client.get("/api/learners/riya")


def test_a_learner_without_a_score_is_shown_too(coordinator_client):
    LearnerFactory(uid="new")
    shown = coordinator_client.get("/api/learners/new").json()
    assert (shown["risk_label"], shown["risk_score"], shown["reasons"]) == ("unknown", None, [])


def test_a_learner_that_is_not_there_is_404(coordinator_client):
    response = coordinator_client.get("/api/learners/nobody")
    assert response.status_code == 404
    assert error_of(response)["message"] == "There is no learner with this id."


@pytest.mark.parametrize("uid", ["a b", "é", "a%2Fb", "x" * 300, "%F0%9F%A6%89"])
def test_any_id_is_looked_for(coordinator_client, uid):
    assert coordinator_client.get(f"/api/learners/{uid}").status_code == 404


def test_what_is_given_changes_and_the_rest_stays(staff_client, riya):
    response = staff_client.patch(
        "/api/learners/riya", {"completed_percent": 5, "email": None}, content_type="application/json"
    )
    assert response.status_code == 200
    changed = response.json()
    assert (changed["completed_percent"], changed["email"]) == (5.0, None)
    assert (changed["name"], changed["consecutive_missed_sessions"]) == ("Riya", 3)
    assert changed["risk_score"] > 0.5


@pytest.mark.parametrize("body", [{"name": None}, {"name": ""}, {"id": "other"}, {"risk_score": 0}, {"email": "x"}])
def test_a_change_that_can_not_be_is_refused_and_nothing_changes(staff_client, riya, body):
    response = staff_client.patch("/api/learners/riya", body, content_type="application/json")
    assert response.status_code == 400
    assert list(error_of(response)["fields"]) == list(body)
    assert Learner.objects.get(uid="riya").name == "Riya"


def test_nothing_to_change_is_fine(staff_client, riya):
    assert staff_client.patch("/api/learners/riya", {}, content_type="application/json").status_code == 200


@pytest.mark.usefixtures("_templates")
def test_a_nudge_is_written_and_sent(coordinator_client, coordinator, riya):
    response = nudge(coordinator_client, channel="in-app", type="reminder")
    assert response.status_code == 201, response.content
    sent = response.json()
    assert sent["state"] == "delivered"
    assert sent["content"].startswith("Hi Riya")
    assert sent["gptFallback"] is True
    assert sent["fallback_reason"] == "no_key"
    assert (sent["channel"], sent["type"], sent["language"]) == ("in-app", "reminder", "en")
    assert Nudge.objects.get(uuid=sent["nudge_id"]).created_by == coordinator


@pytest.mark.usefixtures("_templates")
def test_the_type_that_fits_is_chosen_when_none_is_given(coordinator_client, riya):
    assert nudge(coordinator_client, channel="in-app").json()["type"] == "completion_boost"


@pytest.mark.usefixtures("_templates")
def test_a_nudge_without_consent_is_stopped_and_kept(coordinator_client, riya):
    response = nudge(coordinator_client, channel="email")
    assert response.status_code == 409
    assert error_of(response)["code"] == "no_consent"
    assert error_of(response)["message"] == "Has not agreed to messages on this channel. Nothing was sent."
    assert riya.nudges.get().state == "suppressed"


@pytest.mark.usefixtures("_templates")
def test_a_second_nudge_on_a_day_is_stopped(coordinator_client, riya):
    assert nudge(coordinator_client, channel="in-app").status_code == 201
    response = nudge(coordinator_client, channel="in-app")
    assert response.status_code == 409
    assert error_of(response)["code"] == "capped_day"


class Silent:
    """A provider whose answer is lost."""

    provider = "silent"
    recognises_id = False

    def send(self, message):
        raise ChannelError("provider_unclear", retrying_helps=False, may_have_arrived=True)


@pytest.mark.usefixtures("_templates")
def test_nothing_is_promised_of_a_nudge_that_may_have_arrived(coordinator_client, riya, settings):
    settings.NUDGE_TRANSPORTS = dict.fromkeys(Channel.values, f"{__name__}.Silent")
    response = nudge(coordinator_client, channel="in-app", type="reminder")
    assert response.status_code == 409
    assert error_of(response)["message"].endswith("nobody knows whether the message went out.")


@pytest.mark.usefixtures("_templates")
def test_an_email_goes_out_with_consent_and_a_confirmed_address(coordinator_client, riya, mailoutbox):
    ContactPreference.objects.create(
        learner=riya, channel="email", allowed=True, decided_at=timezone.now(), verified_at=timezone.now()
    )
    sent = nudge(coordinator_client, channel="email").json()
    assert (sent["state"], sent["subject"]) == ("sent", "Hello")
    assert mailoutbox[0].to == ["riya@example.org"]


def test_an_unknown_channel_is_told_the_known_ones(coordinator_client, riya):
    response = nudge(coordinator_client, channel="pigeon")
    assert response.status_code == 400
    assert error_of(response)["fields"]["channel"] == ["Choose one of: in-app, email, whatsapp, sms."]


@pytest.mark.parametrize(
    "body",
    [{}, {"channel": None}, {"channel": 5}, {"channel": "in-app", "type": "x"}, {"channel": "sms", "language": "fr"}],
)
def test_a_nudge_that_makes_no_sense_is_refused(coordinator_client, riya, body):
    assert nudge(coordinator_client, **body).status_code == 400


def test_a_nudge_for_nobody_is_404(coordinator_client):
    assert nudge(coordinator_client, "nobody", channel="in-app").status_code == 404


def test_without_any_template_nothing_is_sent_and_the_way_out_is_named(coordinator_client, riya):
    response = nudge(coordinator_client, channel="in-app")
    assert response.status_code == 409
    assert error_of(response)["code"] == "no_template"
    assert "loaddata" in error_of(response)["message"]


def quiz(client, **body):
    return client.post("/api/learners/riya/quiz", body, content_type="application/json")


def test_a_quiz_is_made(coordinator_client, riya):
    response = quiz(coordinator_client, topic="Loops", difficulty="easy")
    assert response.status_code == 201, response.content
    made = response.json()
    assert 3 <= len(made["questions"]) <= 5
    assert made["questions"][0]["options"][made["questions"][0]["answer"]]
    assert (made["gptFallback"], made["fallback_reason"]) == (True, "no_key")


@pytest.mark.parametrize(
    ("field", "value"), [("topic", ""), ("topic", "   "), ("topic", "x" * 201), ("topic", None), ("difficulty", "odd")]
)
def test_a_quiz_about_nothing_is_refused_by_field(coordinator_client, riya, field, value):
    response = quiz(coordinator_client, **{"topic": "Loops", field: value})
    assert response.status_code == 400
    assert list(error_of(response)["fields"]) == [field]
