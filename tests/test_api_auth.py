"""Who may call the API: tokens, keys and sessions, their roles and their limits."""

import pytest
from django.test import Client

from engagement import api_limits
from learners.api_keys import create_key, revoke_key
from learners.tests.factories import LearnerFactory

from .test_api import error_of

pytestmark = pytest.mark.django_db

LEARNER = "/api/learners/learner_x"


@pytest.fixture(autouse=True)
def _learner():
    LearnerFactory(uid="learner_x", name="Aman")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(client, user) -> dict:
    response = client.post(
        "/_allauth/app/v1/auth/login",
        {"username": user.username, "password": "a-long-password"},
        content_type="application/json",
    )
    return response.json()["meta"]


@pytest.fixture
def reading_key():
    return create_key(name="LMS", can_write=False, by=None)[1]


@pytest.fixture
def writing_key():
    return create_key(name="LMS", can_write=True, by=None)[1]


def test_without_credentials_the_caller_is_asked_for_them(client):
    response = client.get(LEARNER)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert error_of(response)["code"] == "not_authenticated"


def test_a_person_gets_a_token_with_their_password_and_calls_with_it(client, coordinator):
    token = log_in(client, coordinator)["access_token"]
    response = Client().get(LEARNER, headers=bearer(token))
    assert response.status_code == 200
    assert response.json()["name"] == "Aman"


def test_a_token_ends_when_its_owner_logs_out(client, coordinator):
    meta = log_in(client, coordinator)
    client.delete("/_allauth/app/v1/auth/session", headers={"X-Session-Token": meta["session_token"]})
    assert Client().get(LEARNER, headers=bearer(meta["access_token"])).status_code == 401


def test_a_token_ends_when_its_owner_is_deactivated(client, coordinator):
    token = log_in(client, coordinator)["access_token"]
    coordinator.is_active = False
    coordinator.save()
    assert Client().get(LEARNER, headers=bearer(token)).status_code == 401


def test_a_token_is_exchanged_for_a_fresh_one(client, coordinator):
    meta = log_in(client, coordinator)
    response = Client().post(
        "/_allauth/app/v1/tokens/refresh", {"refresh_token": meta["refresh_token"]}, content_type="application/json"
    )
    token = response.json()["data"]["access_token"]
    assert Client().get(LEARNER, headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eng_x_y", "eng_", "é", "a" * 5000])
def test_a_wrong_token_is_refused(client, token):
    assert client.get(LEARNER, headers=bearer(token)).status_code == 401


def test_a_wrong_token_is_refused_even_beside_a_session(coordinator_client):
    assert coordinator_client.get(LEARNER, headers=bearer("x")).status_code == 401
    assert coordinator_client.get(LEARNER, headers={"X-API-Key": "x"}).status_code == 401


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_reads(client, reading_key, header):
    value = reading_key if header == "X-API-Key" else f"Bearer {reading_key}"
    assert client.get(LEARNER, headers={header: value}).status_code == 200


def test_a_reading_key_changes_nothing(client, reading_key):
    response = client.patch(LEARNER, {"name": "Riya"}, content_type="application/json", headers=bearer(reading_key))
    assert response.status_code == 403
    assert error_of(response)["code"] == "read_only_key"


def test_a_writing_key_changes_things_and_they_are_nobodys(client, writing_key):
    response = client.patch(LEARNER, {"name": "Riya"}, content_type="application/json", headers=bearer(writing_key))
    assert response.status_code == 200
    assert response.json()["name"] == "Riya"


def test_a_revoked_key_is_refused(client):
    key, token = create_key(name="LMS", can_write=True, by=None)
    revoke_key(key)
    assert client.get(LEARNER, headers=bearer(token)).status_code == 401


def test_a_key_opens_no_page(client, writing_key):
    assert client.get("/admin/", headers=bearer(writing_key)).status_code == 302


def test_a_role_that_may_not_is_refused(client, ops):
    response = client.get(LEARNER, headers=bearer(log_in(client, ops)["access_token"]))
    assert response.status_code == 403
    assert error_of(response)["code"] == "forbidden"


def test_a_coordinator_does_not_edit_learners(coordinator_client):
    assert coordinator_client.patch(LEARNER, {"name": "x"}, content_type="application/json").status_code == 403


def test_a_change_is_written_to_the_history_under_the_callers_name(client, staff):
    token = log_in(client, staff)["access_token"]
    Client().patch(LEARNER, {"name": "Riya"}, content_type="application/json", headers=bearer(token))
    assert LearnerFactory._meta.model.history.latest().history_user == staff


def test_a_session_reads_and_changes_only_with_its_csrf_token(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.get(LEARNER).status_code == 200
    refused = client.patch(LEARNER, {"name": "x"}, content_type="application/json")
    assert refused.status_code == 403
    assert error_of(refused)["code"] == "csrf_failed"
    client.get("/api/docs")
    token = client.cookies["csrftoken"].value
    changed = client.patch(LEARNER, {"name": "x"}, content_type="application/json", headers={"X-CSRFToken": token})
    assert changed.status_code == 200


def test_a_form_sent_by_a_session_is_refused_as_not_json(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    client.get("/api/docs")
    token = client.cookies["csrftoken"].value
    response = client.post("/api/learners", {"name": "x", "csrfmiddlewaretoken": token})
    assert response.status_code == 400
    assert error_of(response)["code"] == "not_json"


def test_a_caller_over_the_limit_is_told_how_long_to_wait(client, reading_key, settings):
    settings.API_RATE_LIMIT = 2
    answers = [client.get(LEARNER, headers=bearer(reading_key)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert error_of(answers[2])["code"] == "rate_limited"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_limits_are_each_callers_own(client, reading_key, writing_key, settings):
    settings.API_RATE_LIMIT = 1
    for key in (reading_key, writing_key):
        assert client.get(LEARNER, headers=bearer(key)).status_code == 200


def test_a_new_window_starts_at_zero(settings):
    settings.API_RATE_LIMIT = 1
    api_limits.count_call("key-1", "api/learners", now=119.0)
    with pytest.raises(api_limits.Throttled) as refused:
        api_limits.count_call("key-1", "api/learners", now=119.5)
    assert refused.value.wait == 1
    api_limits.count_call("key-1", "api/learners", now=120.0)


def test_costly_calls_have_less_of_the_limit_and_count_apart(settings):
    settings.API_RATE_LIMIT = 100
    assert api_limits.limit_of("api/learners") == 100
    assert api_limits.limit_of("api/simulate/run") == 2
