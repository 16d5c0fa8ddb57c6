"""What senders are told while their statements wait in the stream."""

import base64
import json

import pytest

from activity.access_keys import create_access_key
from activity.lrs.consistency import consistent_through
from activity.models import Statement
from activity.streaming.consuming import Consumer
from activity.tests.factories import a_statement
from learners.api_keys import create_key

pytestmark = [pytest.mark.django_db, pytest.mark.redis]
JSON = "application/json"


@pytest.fixture
def key():
    return create_access_key(name="LMS", can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None)


@pytest.fixture
def xapi(client, key):
    row, secret = key
    token = base64.b64encode(f"{row.username}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "2.0.0"}

    def call(method, path="", body=None):
        return client.generic(
            method, f"/xapi/statements{path}", json.dumps(body or {}), content_type=JSON, headers=headers
        )

    return call


def test_the_api_says_that_they_are_queued(client, redis):
    secret = create_key(name="LMS", can_write=True, by=None)[1]
    statement = a_statement()
    response = client.post("/api/xapi/statements", statement, content_type=JSON, headers={"X-API-Key": secret})
    assert response.json() == {"ids": [statement["id"]], "queued": True}
    assert not Statement.objects.exists()


def test_the_record_store_answers_with_the_ids(xapi, redis, key):
    statement = a_statement()
    response = xapi("POST", body=[statement])
    assert (response.status_code, response.json()) == (200, [statement["id"]])
    Consumer().work(block_seconds=0)
    assert Statement.objects.get().key_id == key[0].pk


def test_the_record_store_refuses_another_statement_that_waits(xapi, redis):
    statement = a_statement()
    xapi("POST", body=statement)
    assert xapi("POST", body=statement).status_code == 200
    assert xapi("POST", body={**statement, "verb": {"id": "https://example.org/other"}}).status_code == 409


def test_a_statement_that_was_put_keeps_the_id_of_its_address(xapi, redis):
    statement = a_statement()
    id_ = statement.pop("id")
    for _ in range(2):
        assert xapi("PUT", f"?statementId={id_}", body=statement).status_code == 204
        Consumer().work(block_seconds=0)
    assert xapi("PUT", f"?statementId={id_}", body={**statement, "result": {"success": True}}).status_code == 409
    assert str(Statement.objects.get().statement_id) == id_


def test_the_record_is_not_consistent_through_what_waits(xapi, redis):
    xapi("POST", body=a_statement())
    waiting_through = consistent_through()
    Consumer().work(block_seconds=0)
    stored = xapi("GET").json()["statements"][0]["stored"]
    assert waiting_through.isoformat() < stored.replace("Z", "+00:00")
    assert consistent_through() > waiting_through
