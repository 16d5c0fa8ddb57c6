import json
import uuid

import pytest

from activity.models import Statement
from activity.tests.factories import a_statement
from learners.api_keys import create_key

pytestmark = pytest.mark.django_db
ADDRESS = "/api/xapi/statements"


@pytest.fixture
def send(client):
    key = create_key(name="LMS", can_write=True, by=None)[1]

    def post(body, **headers):
        return client.post(
            ADDRESS,
            body if isinstance(body, str) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"),
            headers={"X-API-Key": key, **headers},
        )

    return post


def test_one_statement_is_stored_as_it_came(send):
    statement = a_statement()
    body = json.dumps(statement, indent=3)
    response = send(body)
    assert response.status_code == 200
    assert response.json() == {"ids": [statement["id"]], "queued": False}
    assert Statement.objects.get().raw == body


def test_a_batch_gets_its_ids_in_order(send):
    first, second = a_statement(), a_statement()
    del first["id"]
    ids = send([first, second]).json()["ids"]
    assert uuid.UUID(ids[0]).version == 4
    assert ids[1] == second["id"]
    assert Statement.objects.count() == 2


def test_the_same_statement_again_is_accepted(send):
    statement = a_statement()
    assert [send(statement).status_code for _ in range(2)] == [200, 200]
    assert Statement.objects.count() == 1


def test_another_statement_under_the_same_id_is_refused_with_the_rest(send):
    statement = a_statement()
    send(statement)
    response = send([a_statement(), {**statement, "verb": {"id": "https://example.org/verbs/other"}}])
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "statement_conflict"
    assert response.json()["error"]["fields"] == {"id": [statement["id"]]}
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (" ", "body"),
        ("{", "body"),
        ("7", "body"),
        ("[]\x00", "body"),
        (
            '{"actor": {"mbox": "riya"}, "verb": {"id": "https://e.org/v"}, "object": {"id": "https://e.org/o"}}',
            "actor",
        ),
    ],
)
def test_what_is_no_statement_is_refused_by_name(send, body, field):
    response = send(body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"
    assert next(iter(response.json()["error"]["fields"])).startswith(field)
    assert not Statement.objects.exists()


def test_the_body_has_to_be_json(send):
    response = send("{}", content_type="text/plain")
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == {"Content-Type": ["Send application/json."]}


@pytest.mark.parametrize(("version", "status"), [("1.0.3", 200), ("2.0.0", 200), ("0.9", 400)])
def test_the_header_says_which_version_the_statements_keep_to(send, version, status):
    response = send(a_statement(), **{"X-Experience-API-Version": version})
    assert response.status_code == status
    if status == 200:
        assert Statement.objects.get().version == version


def test_too_much_at_once_is_refused(send, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert send(a_statement(name="x" * 200)).status_code == 413


def test_a_key_that_only_reads_may_not_send(client):
    key = create_key(name="Reader", can_write=False, by=None)[1]
    response = client.post(ADDRESS, "{}", content_type="application/json", headers={"X-API-Key": key})
    assert response.status_code == 403


def test_strangers_and_coordinators_may_not_send(client, coordinator_client):
    assert coordinator_client.post(ADDRESS, "{}", content_type="application/json").status_code == 403
    client.logout()
    assert client.post(ADDRESS, "{}", content_type="application/json").status_code == 401
