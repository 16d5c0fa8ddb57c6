"""What common clients send that the specification alone does not say, each as it was seen."""

import hashlib
import json
from urllib.parse import urlencode

import pytest

from activity.access_keys import create_access_key

from .conformance.lrs import Lrs, basic, multipart, parts_of
from .factories import a_statement

pytestmark = pytest.mark.django_db

AGENT = {"mbox": "mailto:riya@example.org"}
PROFILE = {"activityId": "https://example.org/lessons/1", "profileId": "settings"}


@pytest.fixture
def caller() -> Lrs:
    key, secret = create_access_key(
        name="Client", can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None
    )  # fmt: skip
    return Lrs("1.0.3", basic(key.username, secret))


def test_tincan_python_writes_true_with_a_capital(caller):
    name = caller.store(a_statement())
    found = caller.get("/statements", "related_agents=True&ascending=False")
    assert [one["id"] for one in json.loads(found.content)["statements"]] == [name]
    assert caller.get("/statements", "related_agents=yes").status_code == 400


def test_tincan_js_sends_an_etag_without_its_quotes(caller):
    caller.post("/activities/profile", PROFILE, json_body={"a": 1})
    etag = caller.get("/activities/profile", PROFILE).headers["ETag"].strip('"')
    answer = caller.put("/activities/profile", PROFILE, json_body={"a": 2}, headers={"If-Match": etag})
    assert answer.status_code == 204


def test_xapi_js_adds_a_parameter_against_caches(caller):
    assert caller.get("/statements", "cachebuster=1763640000000").status_code == 200
    assert caller.get("/about", "cachebuster=1763640000000").status_code == 200


def test_storyline_calls_its_forms_plain_text(caller):
    one = a_statement()
    form = {"statementId": one["id"], "content": json.dumps(one), "X-Experience-API-Version": "1.0.1"}
    form |= {"Content-Type": "application/json", "Authorization": caller.authorization}
    answer = Lrs(None).post("/statements", "method=PUT", body=urlencode(form), content_type="text/plain;charset=UTF-8")
    assert answer.status_code == 204
    assert caller.get("/statements", {"statementId": one["id"]}).status_code == 200


def test_axios_calls_multipart_octets(caller):
    content = b"hello"
    sha2 = hashlib.sha256(content).hexdigest()
    attachment = {
        "usageType": "https://example.org/notes", "display": {"en": "Notes"}, "contentType": "text/plain",
        "length": 5, "sha2": sha2,
    }  # fmt: skip
    one = a_statement(attachments=[attachment])
    body = multipart(
        ({"Content-Type": "application/json"}, json.dumps(one)),
        (
            {"Content-Type": "text/plain", "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha2},
            content,
        ),
        boundary="1354316086462344",
    )
    assert caller.post("/statements", body=body, content_type="application/octet-stream").status_code == 200
    got = caller.get("/statements", {"statementId": one["id"], "attachments": True})
    assert parts_of(got)[1][1] == content
    assert caller.post("/statements", body=b"{}", content_type="application/octet-stream").status_code == 400


def test_addresses_may_end_in_a_slash(caller):
    assert caller.get("/statements/").status_code == 200


def test_browsers_get_what_they_asked_for_from_another_site(caller):
    answer = caller.get("/agents", {"agent": AGENT}, headers={"Origin": "https://courses.example.org"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
