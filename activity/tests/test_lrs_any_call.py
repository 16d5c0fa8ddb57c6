"""Whatever is sent, the door answers in its own words, and nothing breaks."""

import base64
import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.access_keys import create_access_key
from activity.lrs import credentials
from activity.lrs.door import RESOURCES

from .factories import a_statement, a_voiding

pytestmark = pytest.mark.django_db

AGENT = json.dumps({"mbox": "mailto:riya@example.org"})
ONE, OTHER = a_statement(), a_statement(attachments=[{"usageType": "a:b", "display": {}, "contentType": "a/b"}])
GROUP = json.dumps({"objectType": "Group", "member": [{"mbox": "mailto:riya@example.org"}]})

names = st.sampled_from(
    ["statementId", "voidedStatementId", "agent", "verb", "activity", "activityId", "registration", "stateId",
     "profileId", "since", "until", "limit", "format", "attachments", "ascending", "related_agents", "more", "method",
     "content"]
)  # fmt: skip
texts = st.sampled_from(
    ["", "true", "1", "ids", "canonical", "GET", "PUT", "a:b", AGENT, GROUP, "{}", "[]", "null", "1e999", "NaN",
     '{"account":{"name":"a","homePage":"b:c"}}', '{"account":[]}', '{"mbox":"mailto:\\ud800"}', ONE["id"],
     "2026-11-20T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0001-01-01", "-1", "9" * 30,
     json.dumps(ONE), "[" * 2000]
) | st.text(max_size=20)  # fmt: skip
bodies = st.sampled_from(
    [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 5000, b'{"a": NaN}', json.dumps(ONE).encode(),
     json.dumps([ONE, OTHER]).encode(), json.dumps(OTHER).encode(), json.dumps(a_voiding(ONE)).encode(),
     b"--b\r\nContent-Type: application/json\r\n\r\n" + json.dumps(OTHER).encode() + b"\r\n--b--",
     b"--b\r\n\r\n--b--", b"--b--", b"method=PUT&content={}", b"content=%FF", b"X-Experience-API-Version=1.0.3&limit=1"]
) | st.binary(max_size=60)  # fmt: skip
types = st.sampled_from(
    ["application/json", "application/json; charset=x", "multipart/mixed; boundary=b", "multipart/mixed",
     "multipart/mixed; boundary=\"\"", "application/x-www-form-urlencoded", "application/octet-stream", "",
     "text/plain"]
)  # fmt: skip
credentials_sent = st.text(max_size=30) | st.binary(max_size=30).map(
    lambda raw: "Basic " + base64.b64encode(raw).decode()
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": st.sampled_from(["*", '"x"', "", "W/"]),
        "If-None-Match": st.sampled_from(["*", '"x"', ","]),
        "Accept-Language": st.sampled_from(["bn, en;q=0.5", "*", "q=;;,", "en;q=x", "en-;q=1"]),
    },
)


@pytest.fixture
def client_of_a_tool():
    credentials.forget_keys()
    key, secret = create_access_key(
        name="Tool", can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None
    )  # fmt: skip
    basic = base64.b64encode(f"{key.username}:{secret}".encode()).decode()
    return Client(headers={"Authorization": f"Basic {basic}"})


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]),
    path=st.sampled_from([*RESOURCES, "", "more", "statements/"]),
    parameters=st.dictionaries(names, texts, max_size=4),
    body=bodies,
    content_type=types,
    version=st.sampled_from(["1.0.3", "2.0.0", "", "3"]),
    more_headers=headers,
)
def test_no_call_breaks_the_door(
    client_of_a_tool, method, path, parameters, body, content_type, version, more_headers
):  # fmt: skip
    answer = client_of_a_tool.generic(
        method, f"/xapi/{path}", body, content_type=content_type, query_params=parameters,
        headers={"X-Experience-API-Version": version, **more_headers},
    )  # fmt: skip
    assert answer.status_code < 500
    assert answer.headers["X-Experience-API-Version"] in {"1.0.3", "2.0.0"}
    if answer.status_code >= 400 and method != "HEAD" and parameters.get("method") != "HEAD":
        assert json.loads(answer.content)["error"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    authorization=st.text(max_size=30)
    | st.binary(max_size=30).map(lambda raw: "Basic " + base64.b64encode(raw).decode())
)
def test_no_credentials_break_the_door(db, authorization):
    answer = Client().get(
        "/xapi/statements", HTTP_AUTHORIZATION=authorization, HTTP_X_EXPERIENCE_API_VERSION="2.0.0"
    )  # fmt: skip
    assert answer.status_code == 401
