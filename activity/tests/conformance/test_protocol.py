"""Communication 1.1, 1.3, 2.4, 2.5, 2.8, 3.2, 3.3 and 4.0: versions, credentials, methods, agents and activities."""

import json
import re
from urllib.parse import quote

import pytest

from activity.access_keys import create_access_key

from . import samples
from .lrs import Lrs, basic, new_id, query_of
from .samples import ONLY_V1, ONLY_V2, agent, statement
from .test_documents import RESOURCES, document, place

ACTIVITY = "https://example.org/meetings/7"
NEEDY = ["/statements", "/activities", "/agents", *RESOURCES]  # all but /about need a version and credentials


# About


@pytest.mark.parametrize("authorized", [True, False])
@pytest.mark.parametrize("versioned", [True, False])
def test_about_is_open_to_everyone_xapi_00315_00319_00321(lrs, version, authorized, versioned):
    caller = Lrs(version if versioned else None, lrs.authorization if authorized else None)
    assert caller.get("/about").status_code == 200


def test_about_names_the_versions_spoken_xapi_00316_00318(lrs, version):
    """An early edition of the suite allows a 1.0.3 record store to name none but 0.9, 0.95 and 1.0.x."""
    versions = json.loads(lrs.get("/about").content)["version"]
    assert version in versions
    allowed = {"0.9", "0.95", "1.0.0", "1.0.1", "1.0.2", "1.0.3"} | ({"2.0.0"} if version == "2.0.0" else set())
    assert set(versions) <= allowed


# Versions


def test_answers_name_the_version_that_answers_xapi_00333(lrs, version):
    name = lrs.store(statement())
    for answer in (
        lrs.get("/statements", {"statementId": name}),
        lrs.get("/statements"),
        lrs.get("/statements", "foo=bar"),
        lrs.get("/statements", {"statementId": new_id()}),
        lrs.post("/activities/state", place("/activities/state"), json_body=document()),
        lrs.get("/agents", {"agent": agent()}),
    ):
        assert answer.headers["X-Experience-API-Version"] == version


@pytest.mark.parametrize("path", NEEDY)
@pytest.mark.parametrize("authorized", [True, False])
@pytest.mark.parametrize("wrong", [None, "BAD", "0.8", "1.1.0", "3.0.0"])
def test_a_call_without_a_version_that_we_speak_is_refused_xapi_00321_00331(lrs, path, authorized, wrong):
    """With credentials in the newest editions, without them in an older one: the version is looked at first."""
    caller = Lrs(wrong, lrs.authorization if authorized else None)
    for answer in (caller.get(path), caller.post(path, json_body=statement()), caller.put(path, json_body=statement())):
        assert answer.status_code in ((400,) if path == "/statements" or not authorized else (400, 405))
        assert re.fullmatch(r"2\.0\.0|1\.0\.[1-3]", answer.headers["X-Experience-API-Version"])


def test_a_missing_version_is_answered_in_that_of_the_access_key_or_the_latest(db, version):
    """The suite for 2.0 wants 2.0.0 here, so it needs a key of that version; the one for 1.0.3 takes either."""
    key, secret = create_access_key(
        name="Conformance", can_read=True, can_write=True, version=version, calls_per_minute=None, by=None
    )
    answers = [Lrs(None, basic(key.username, secret)).get("/statements"), Lrs(None, None).get("/statements")]
    assert [answer.headers["X-Experience-API-Version"] for answer in answers] == [version, "2.0.0"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.2", "1.0.3"), ("1.0.9", "1.0.3"),
        ("2.0", "2.0.0"), ("2.0.0", "2.0.0"), ("2.0.4", "2.0.0"),
    ],
)  # fmt: skip
def test_any_patch_of_a_version_is_spoken_xapi_00331(lrs, asked, answered):
    lrs.version = asked
    assert lrs.get("/statements").headers["X-Experience-API-Version"] == answered


# Credentials


@pytest.mark.parametrize(
    "wrong", [None, basic("nobody", "nothing"), basic("nobody", "nothing").replace(" ", ":"), "Basic", "Basic !!!"]
)
def test_wrong_credentials_are_refused_xapi_00334(lrs, wrong, version):
    caller = Lrs(version, wrong)
    name = new_id()
    for answer in (
        caller.get("/statements"),
        caller.put("/statements", {"statementId": name}, json_body=statement(id=name)),
        caller.post("/activities/state", place("/activities/state"), json_body=document()),
    ):
        assert answer.status_code == 401
    assert lrs.get("/statements", {"statementId": name}).status_code == 404


def test_wrong_credentials_and_a_wrong_version_are_refused_for_either(lrs):
    assert Lrs("BAD", basic("nobody", "nothing")).get("/statements").status_code in (400, 401)


# Methods


@pytest.mark.parametrize(
    ("method", "path", "parameters"),
    [
        ("DELETE", "/statements", {"statementId": new_id()}),
        *[(method, "/activities", {"activityId": ACTIVITY}) for method in ("POST", "PUT", "DELETE")],
        *[(method, "/agents", {"agent": agent()}) for method in ("POST", "PUT", "DELETE")],
        *[(method, "/about", {}) for method in ("POST", "PUT", "DELETE")],
    ],
)
@pytest.mark.parametrize("authorized", [True, False])
def test_another_method_is_405_even_without_credentials(lrs, version, method, path, parameters, authorized):
    answer = Lrs(version, lrs.authorization if authorized else None).call(method, path, parameters)
    assert answer.status_code == 405


def test_head_is_get_without_a_body_xapi_00125_00126(lrs):
    lrs.store(statement())
    calls = [
        ("/about", {}),
        ("/statements", {}),
        ("/activities", {"activityId": ACTIVITY}),
        ("/agents", {"agent": agent()}),
    ]
    for resource in RESOURCES:
        at = place(resource)
        lrs.post(resource, at, json_body=document())
        calls.append((resource, at))
    for path, parameters in calls:
        got, head = lrs.get(path, parameters), lrs.head(path, parameters)
        assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
        assert got.headers["Content-Type"] == head.headers["Content-Type"]


# Agents


def test_a_person_is_all_the_names_of_an_agent_xapi_00236_00245_00248(lrs):
    lrs.store(statement())
    person = json.loads(lrs.get("/agents", {"agent": agent()}).content)
    assert person["objectType"] == "Person"
    assert person["name"] == ["Ada"]
    assert person["mbox"] == ["mailto:ada@example.org"]


@pytest.mark.parametrize("identifier", samples.agents_by_identifier())
def test_a_person_has_a_list_of_each_identifier_xapi_00239_00242(lrs, identifier):
    one = samples.agents_by_identifier()[identifier]
    lrs.store(statement(actor=one))
    person = json.loads(lrs.get("/agents", {"agent": one}).content)
    assert person[identifier] == [one[identifier]]


def test_an_agent_never_heard_of_is_a_person_too_xapi_00236(lrs):
    answer = lrs.get("/agents", {"agent": samples.agents_by_identifier()["account"]})
    assert answer.status_code == 200
    assert json.loads(answer.content)["objectType"] == "Person"


@pytest.mark.parametrize("wrong", [{}, {"agent": {"objectType": "Agent", "name": "Ada"}}, {"agent": "nobody"}])
def test_agents_are_asked_for_by_a_valid_agent_xapi_00243_00249(lrs, wrong):
    assert lrs.get("/agents", wrong).status_code == 400


# Activities


def test_an_activity_is_what_a_statement_said_of_it_xapi_00251_00253(lrs):
    """The suite compares it whole with the object that it sent."""
    lrs.store(statement(object=samples.activity()))
    answer = lrs.get("/activities", {"activityId": ACTIVITY})
    assert answer.status_code == 200
    assert json.loads(answer.content) == samples.activity()


def test_an_activity_is_all_that_statements_said_of_it_xapi_00254(lrs):
    english, french = samples.activity(name={"en-US": "a meeting"}), samples.activity(name={"fr-FR": "une réunion"})
    lrs.send([statement(object=english), statement(object=french)])
    got = json.loads(lrs.get("/activities", {"activityId": ACTIVITY}).content)
    assert got["definition"]["name"] == {"en-US": "a meeting", "fr-FR": "une réunion"}


def test_an_activity_never_heard_of_is_an_activity_too(lrs):
    name = f"https://example.org/never/{new_id()}"
    answer = lrs.get("/activities", f"activityId={quote(name, safe='')}")
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"objectType": "Activity", "id": name}


@pytest.mark.parametrize("wrong", ["", "activityId=true", "activityId=not/an/iri"])
def test_activities_are_asked_for_by_an_iri_xapi_00250(lrs, wrong):
    assert lrs.get("/activities", wrong).status_code == 400


# Alternate request syntax

FORM = "application/x-www-form-urlencoded"


@ONLY_V1
def test_a_get_in_a_post_is_answered_as_a_get_xapi_00148(lrs):
    lrs.store(statement())
    answer = lrs.post("/statements", "method=GET", body="limit=1", content_type=FORM)
    assert answer.status_code == 200
    assert set(json.loads(answer.content)) == {"statements", "more"}


@ONLY_V1
def test_a_put_in_a_post_needs_no_content_type_of_its_own_xapi_00336(lrs):
    name = new_id()
    body = query_of({"statementId": name, "content": statement()})
    assert lrs.post("/statements", "method=PUT", body=body, content_type=FORM).status_code == 204
    assert lrs.fetch(name)["id"] == name


@ONLY_V1
def test_headers_may_stand_in_the_form_alone(lrs):
    """The version and the credentials too: the real request has neither."""
    fields = {
        "statementId": new_id(),
        "content": json.dumps(statement()),
        "X-Experience-API-Version": "1.0.3",
        "Authorization": lrs.authorization,
        "Content-Type": "application/json",
    }
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    answer = Lrs(None).post("/statements", "method=PUT", body=body, content_type=FORM)
    assert answer.status_code == 204
    assert lrs.fetch(fields["statementId"])["id"] == fields["statementId"]


@ONLY_V1
def test_conditions_may_stand_in_the_form(lrs):
    at = place("/agents/profile")
    body = query_of(at | {"content": document()}) + "&If-None-Match=*"
    assert lrs.post("/agents/profile", "method=PUT", body=body, content_type=FORM).status_code == 204
    assert lrs.post("/agents/profile", "method=PUT", body=body, content_type=FORM).status_code == 412
    assert lrs.post("/agents/profile", "method=DELETE", body=query_of(at), content_type=FORM).status_code == 204


@ONLY_V1
def test_headers_in_the_form_stand_over_real_ones(lrs):
    body = query_of({"statementId": new_id(), "X-Experience-API-Version": "0.8", "content": statement()})
    assert lrs.post("/statements", "method=PUT", body=body, content_type=FORM).status_code == 400


@ONLY_V1
def test_nothing_but_the_method_may_stand_in_the_address(lrs):
    name = new_id()
    body = query_of({"statementId": name, "content": statement()})
    answer = lrs.post("/statements", f"method=PUT&statementId={name}", body=body, content_type=FORM)
    assert answer.status_code == 400


@ONLY_V1
def test_the_content_must_stand_in_the_form(lrs):
    fields = {"statementId": new_id(), "content": json.dumps(statement())}
    assert lrs.post("/statements", "method=PUT").status_code == 400
    assert lrs.post("/statements", "method=PUT", body=json.dumps(fields), content_type=FORM).status_code == 400


@ONLY_V1
def test_only_a_post_is_another_request_in_disguise(lrs):
    body = f"content={quote(json.dumps(statement()))}&X-Experience-API-Version=1.0.3"
    assert lrs.put("/statements", "method=POST", body=body, content_type=FORM).status_code == 400


@ONLY_V2
@pytest.mark.parametrize("asked", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("content", ["", "{}", "form"])
def test_the_later_version_knows_no_disguise(lrs, asked, method, content):
    body = query_of({"statementId": new_id(), "content": statement()}) if content == "form" else content
    kind = FORM if content == "form" else "application/json"
    answer = lrs.call(method, "/statements", f"method={asked}", body=body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert lrs.find()["statements"] == []


@pytest.mark.parametrize("path", ["//about", "/about/"])
def test_slashes_too_many_do_no_harm(lrs, path):
    """An endpoint is often written with one at its end."""
    assert lrs.get(path).status_code == 200
