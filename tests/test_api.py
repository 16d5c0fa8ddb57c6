"""What every operation of the API shares: who calls, how it says no, and its document."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def error_of(response) -> dict:
    assert response["Content-Type"].startswith("application/json")
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields"}
    return body["error"]


def test_health_answers_to_anyone(client):
    answer = client.get("/api/health").json()
    assert answer["status"] == "ok"
    assert answer["time"].endswith("Z")


def test_an_unknown_address_is_json(client):
    response = client.get("/api/lerners")
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"
    assert response["Content-Length"] == str(len(response.content))


def test_an_unknown_address_is_json_in_debug_too(client, settings):
    settings.DEBUG = True
    assert error_of(client.get("/api/lerners"))["code"] == "not_found"


def test_a_wrong_method_is_json_and_names_the_right_ones(client):
    response = client.put("/api/health")
    assert response.status_code == 405
    assert error_of(response)["code"] == "method_not_allowed"
    assert response["Allow"] == "GET"


def test_an_address_with_nul_is_refused(client):
    assert client.get("/api/health?q=%00").status_code == 400
    assert error_of(client.get("/api/%00"))["code"] == "bad_request"
    assert client.get("/accounts/login/?next=%00").status_code == 400


NEW = "/api/learners"


def post(client, body, content_type="application/json"):
    return client.post(NEW, body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "malformed_json"),
        ("\ufeff{}", "invalid"),
        (b"\xff\xfe\x00", "malformed_json"),
        ("[" * 100_000, "malformed_json"),
        ('{"completed_percent": ' + "9" * 5000 + "}", "malformed_json"),
        ('{"name": "x", "completed_percent": 1e999}', "invalid"),
        ('{"name": "x", "completed_percent": NaN}', "invalid"),
        ('{"name": "x", "completed_percent": ' + "9" * 400 + "}", "invalid"),
        ('{"name": "x", "consecutive_missed_sessions": ' + "9" * 400 + "}", "invalid"),
        ('{"name": "x", "consecutive_missed_sessions": 99999999999}', "invalid"),
        ('{"name": "a\\u0000b"}', "invalid"),
        ('{"name": "\\ud800"}', "invalid"),
        ('{"\\ud800": "x"}', "invalid"),
        ('{"name": "x", "id": "a/b"}', "invalid"),
        ('{"name": ""}', "invalid"),
        ('{"name": "x", "shoe_size": 43}', "invalid"),
        ('{"name": 5}', "invalid"),
        ("{}", "invalid"),
        ("[]", "invalid"),
        ("5", "invalid"),
        ("null", "invalid"),
        ("", "invalid"),
    ],
)
def test_a_body_that_makes_no_learner_is_refused(staff_client, body, code):
    response = post(staff_client, body)
    assert response.status_code == 400
    assert error_of(response)["code"] == code


def test_each_wrong_field_is_named_with_what_it_needs(staff_client):
    error = error_of(post(staff_client, {"email": "nowhere", "completed_percent": 1, "program": None, "name": "A"}))
    assert error["fields"] == {"email": ["“nowhere” is not an email address."]}
    error = error_of(post(staff_client, {"completed_percent": "much", "shoe_size": 43}))
    assert set(error["fields"]) == {"name", "completed_percent", "shoe_size"}
    assert error["fields"]["name"] == ["is needed."]


def test_a_body_in_another_type_is_refused_with_the_right_one(staff_client):
    error = error_of(post(staff_client, "name=x", content_type="application/x-www-form-urlencoded"))
    assert error["code"] == "not_json"


def test_a_body_over_the_limit_is_refused(staff_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = post(staff_client, {"name": "x" * 2000})
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


def test_a_bug_is_a_500_without_its_trace(staff, monkeypatch, settings, caplog):
    settings.DEBUG = True
    monkeypatch.setattr("riskscoring.api.create_learner", lambda **kwargs: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    response = post(client, {"name": "x"})
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal_error"
    assert b"ZeroDivisionError" not in response.content
    assert "ZeroDivisionError" in caplog.text


def test_the_document_names_every_shared_error_on_every_operation(client):
    document = client.get("/api/openapi.json").json()
    for path in document["paths"].values():
        for operation in path.values():
            assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])


def test_the_document_page_works_without_inline_script(client):
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert b"unpkg" not in page.content
    assert b"cdn" not in page.content
