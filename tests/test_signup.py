"""A learner signs up: what a stranger may do with the API, and how often."""

import pytest

from learners.api_keys import create_key
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.models import RiskScore

from .test_api import error_of

pytestmark = pytest.mark.django_db

AMAN = {"name": "Aman Gill", "email": "aman@example.org"}


def sign_up(client, headers=None, **values):
    return client.post("/api/signup", AMAN | values, content_type="application/json", headers=headers or {})


def test_a_learner_signs_up_without_an_account(client):
    cohort = CohortFactory(name="Evenings")
    response = sign_up(client, program="Python Basics", cohort="Evenings", phone="+8801712345678", language="bn")
    assert response.status_code == 201
    learner = Learner.objects.get()
    assert response.json() == {
        "id": learner.uid,
        "name": "Aman Gill",
        "email": "aman@example.org",
        "phone": "+8801712345678",
        "program": "Python Basics",
        "cohort": "Evenings",
        "language": "bn",
        "timezone": "UTC",
    }
    assert learner.cohort == cohort
    assert learner.history.get().history_change_reason == "signup"


def test_who_signs_up_is_scored_and_is_not_told(client):
    assert not {"risk_score", "risk_label", "reasons"} & set(sign_up(client).json())
    assert RiskScore.objects.count() == 1


@pytest.mark.parametrize("email", ["aman@example.org", "AMAN@Example.org"])
def test_an_email_address_that_another_learner_has_is_named(client, email):
    LearnerFactory(email="aman@example.org")
    response = sign_up(client, email=email)
    assert response.status_code == 400
    assert error_of(response)["fields"] == {"email": ["Another learner has this email address."]}


def test_families_may_share_a_phone(client):
    LearnerFactory(phone="+8801712345678")
    assert sign_up(client, phone="+8801712345678").status_code == 201


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "  "}, "email"),
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"phone": "0171"}, "phone"),
        ({"language": "tlh"}, "language"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"program": "No Such Program"}, "program"),
        ({"program": "Closed"}, "program"),
        ({"program": "Python Basics", "cohort": "No Such Cohort"}, "cohort"),
        ({"program": "Python Basics", "cohort": "Of another program"}, "cohort"),
        ({"cohort": "Of another program"}, "cohort"),
        ({"id": "me"}, "id"),
        ({"completed_percent": 100}, "completed_percent"),
        ({"owner": 1}, "owner"),
    ],
)
def test_what_is_not_right_is_named_and_nothing_is_made(client, values, field):
    ProgramFactory()
    closed = ProgramFactory(name="Closed", open_for_signup=False)
    CohortFactory(program=closed, name="Of another program")
    response = sign_up(client, **values)
    assert response.status_code == 400
    assert set(error_of(response)["fields"]) == {field}
    assert not Learner.objects.exists()


def test_a_closed_program_is_not_told_from_one_that_is_not_there(client):
    ProgramFactory(name="Closed", open_for_signup=False)
    answers = [error_of(sign_up(client, program=name)) for name in ("Closed", "No Such Program")]
    assert answers[0] == answers[1]


def test_strangers_sign_up_few_an_hour_from_one_address(client, settings):
    settings.SIGNUP_RATE_LIMIT = 2
    answers = [sign_up(client, email=f"learner{n}@example.org") for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert client.post("/api/signup", AMAN, content_type="application/json", REMOTE_ADDR="192.0.2.9").status_code == 201


def test_a_key_that_may_write_has_its_own_limit(client, settings):
    settings.SIGNUP_RATE_LIMIT = 0
    headers = {"X-API-Key": create_key(name="Website", can_write=True, by=None)[1]}
    assert sign_up(client, headers).status_code == 201
    assert sign_up(client, {"X-API-Key": "eng_wrong"}).status_code == 401
