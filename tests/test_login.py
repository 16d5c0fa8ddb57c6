"""Getting in and out: guessing is slowed down, nobody is sent elsewhere, and forgotten passwords can be replaced."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
TOKEN_LOGIN = "/_allauth/app/v1/auth/login"
PASSWORD = "a-long-password"


def log_in(client, login, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


@pytest.mark.parametrize("login", ["coordinator", "coordinator@example.org", "Coordinator@Example.org"])
def test_a_person_logs_in_with_their_name_or_email(client, coordinator, login):
    response = log_in(client, login)
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_the_sixth_wrong_try_has_to_wait_even_with_the_right_password(client, coordinator):
    for _ in range(5):
        assert "not correct" in log_in(client, "coordinator", "wrong").content.decode()
    response = log_in(client, "coordinator")
    assert response.status_code == 200
    assert "Too many failed login attempts" in response.content.decode()


def test_the_wait_holds_for_the_person_not_for_the_address(coordinator, staff):
    for number in range(5):
        log_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), "coordinator", "wrong")
    assert log_in(Client(REMOTE_ADDR="192.0.2.9"), "coordinator").status_code == 200
    assert log_in(Client(REMOTE_ADDR="192.0.2.9"), "staff").status_code == 302


def test_an_address_that_tries_many_people_is_stopped(client, coordinator):
    for number in range(10):
        log_in(client, f"person{number}", "wrong")
    assert log_in(client, "coordinator").status_code == 200


def test_guessing_through_the_api_counts_as_well(client, coordinator):
    def try_token(password):
        body = {"username": "coordinator", "password": password}
        return client.post(TOKEN_LOGIN, body, content_type="application/json")

    for _ in range(5):
        assert try_token("wrong").status_code == 400
    refused = try_token(PASSWORD)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "too_many_login_attempts"
    assert log_in(client, "coordinator").status_code == 200


@pytest.mark.parametrize(
    "body", ["{", "[" * 100_000, '{"username": "\\ud800"}', '{"username": "\\u0000"}', "[]", "5", "null"]
)
def test_a_token_is_not_given_for_what_can_not_be_read(client, body):
    response = client.post(TOKEN_LOGIN, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["status"] == 400
    assert response.json()["errors"]


def test_an_unknown_person_and_a_wrong_password_look_alike(client, coordinator):
    unknown, wrong = log_in(client, "nobody-there", "wrong"), log_in(client, "coordinator", "wrong")
    without_names = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (unknown, wrong)]
    assert without_names[0] == without_names[1]


def test_login_leads_to_the_page_that_was_asked_for(client, coordinator):
    assert log_in(client, "coordinator", next="/nudges/?state=failed")["Location"] == "/nudges/?state=failed"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///x"]
)
def test_login_never_leads_to_another_site(client, coordinator, elsewhere):
    assert log_in(client, "coordinator", next=elsewhere)["Location"] == "/"


def test_changing_the_language_never_leads_to_another_site(client):
    response = client.post("/language/", {"language": "bn", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_the_session_is_a_new_one_after_login(client, coordinator):
    client.get(LOGIN)
    before = client.session.session_key
    log_in(client, "coordinator")
    assert client.session.session_key != before


def test_logging_out_takes_a_post(coordinator_client):
    assert coordinator_client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in coordinator_client.session
    coordinator_client.post("/accounts/logout/")
    assert "_auth_user_id" not in coordinator_client.session


def test_a_closed_account_does_not_get_in(client, coordinator):
    User.objects.update(is_active=False)
    log_in(client, "coordinator")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    assert "By invitation" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", {"email": "x@example.org", "username": "x", "password1": "a-long-password-2"})
    body = {"email": "x@example.org", "username": "x", "password": "a-long-password-2"}
    client.post("/_allauth/app/v1/auth/signup", body, content_type="application/json")
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_by_a_link_in_an_email(client, coordinator):
    client.post("/accounts/password/reset/", {"email": "coordinator@example.org"})
    (message,) = mail.outbox
    assert message.subject == "Choose a new password"
    (link,) = re.findall(r"http://testserver(/\S+)", str(message.body))
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "another-long-one", "password2": "another-long-one"})
    assert log_in(Client(), "coordinator", "another-long-one").status_code == 302
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(client, coordinator):
    pages = [client.post("/accounts/password/reset/", {"email": f"{who}@example.org"}) for who in ("coordinator", "x")]
    assert pages[0].status_code == pages[1].status_code == 302
    assert pages[0]["Location"] == pages[1]["Location"]


def test_a_password_is_changed_with_the_old_one(coordinator_client, coordinator):
    new = {"password1": "another-long-one", "password2": "another-long-one"}
    page = coordinator_client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    assert page.status_code == 200
    assert coordinator_client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})["Location"] == "/"
    coordinator.refresh_from_db()
    assert coordinator.check_password("another-long-one")


@pytest.mark.parametrize(
    "address",
    [
        "login/",
        "logout/",
        "inactive/",
        "signup/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-x/",
        "password/reset/key/done/",
        "password/change/",
        "reauthenticate/",
        "email/",
        "confirm-email/",
    ],
)
def test_every_account_page_looks_like_ours(coordinator_client, address):
    for visitor in (Client(), coordinator_client):
        page = visitor.get(f"/accounts/{address}", follow=True).content.decode()
        assert "css/app.css" in page
        assert "Menu:" not in page
