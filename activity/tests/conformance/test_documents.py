"""Communication 2.2, 2.3, 2.6, 2.7 and 3.1: states and profiles, merging them, and not losing another's change."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from .lrs import Json, Lrs, new_id, query_of
from .samples import ONLY_V1, ONLY_V2

AGENT = {"objectType": "Agent", "account": {"homePage": "https://school.example.org", "name": "ada-7"}}
ACTIVITY = "https://example.org/activities/7"
RESOURCES: dict[str, tuple[str, Json]] = {
    "/activities/state": ("stateId", {"activityId": ACTIVITY, "agent": AGENT}),
    "/activities/profile": ("profileId", {"activityId": ACTIVITY}),
    "/agents/profile": ("profileId", {"agent": AGENT}),
}
PROFILES = ["/activities/profile", "/agents/profile"]
each_resource = pytest.mark.parametrize("resource", RESOURCES)
each_profile = pytest.mark.parametrize("resource", PROFILES)


def place(resource: str, **more) -> Json:
    """Where a new document of this kind is to lie."""
    name, parameters = RESOURCES[resource]
    return {**parameters, name: new_id(), **more}


def without(parameters: Json, name: str) -> Json:
    return {one: value for one, value in parameters.items() if one != name}


def document() -> Json:
    return {"name": new_id(), "location": {"name": new_id()}}


def put_new(lrs: Lrs, resource: str, parameters: Json, content: Json) -> None:
    answer = lrs.put(resource, parameters, json_body=content, headers={"If-None-Match": "*"})
    assert answer.status_code == 204


def post(lrs: Lrs, resource: str, parameters: Json, content: Json) -> None:
    assert lrs.post(resource, parameters, json_body=content).status_code == 204


def read(lrs: Lrs, resource: str, parameters: Json) -> Json:
    answer = lrs.get(resource, parameters)
    assert answer.status_code == 200
    return json.loads(answer.content)


def moment(ago: timedelta) -> str:
    return (datetime.now(UTC) - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@each_resource
def test_what_is_put_is_read_and_deleted(lrs, resource):
    at, content = place(resource), document()
    put_new(lrs, resource, at, content)
    assert read(lrs, resource, at) == content
    assert lrs.delete(resource, at).status_code == 204
    assert lrs.get(resource, at).status_code == 404


@each_resource
def test_a_document_may_be_put_where_none_is_without_a_condition_xapi_00190(lrs, resource):
    assert lrs.put(resource, place(resource), json_body=document()).status_code == 204


@each_resource
def test_post_where_none_is_stores_a_new_document_xapi_00233_00280_00310(lrs, resource):
    at, content = place(resource), document()
    answer = lrs.post(resource, at, json_body=content)
    assert (answer.status_code, answer.content) == (204, b"")
    assert read(lrs, resource, at) == content


@each_resource
def test_deleting_what_is_not_there_is_204_xapi_00285(lrs, resource):
    assert lrs.delete(resource, place(resource)).status_code == 204


@each_resource
@pytest.mark.parametrize("content", ["1", "true", "abc"])
def test_a_document_of_any_content_is_taken(lrs, resource, content):
    """The suite's caller names a text `application/x-www-form-urlencoded` where nobody says what it is."""
    at = place(resource)
    form = "application/x-www-form-urlencoded"
    assert lrs.post(resource, at, body=content, content_type=form).status_code == 204
    answer = lrs.get(resource, at)
    assert (answer.content.decode(), answer.headers["Content-Type"]) == (content, form)


@each_resource
def test_bytes_come_back_as_they_went_and_with_their_type(lrs, resource):
    at, content = place(resource), bytes(range(256))
    assert lrs.put(resource, at, body=content, content_type="image/png").status_code == 204
    answer = lrs.get(resource, at)
    assert (answer.content, answer.headers["Content-Type"]) == (content, "image/png")


@each_resource
@pytest.mark.parametrize(
    ("before", "after", "merged"),
    [
        ({"car": "Honda"}, {"type": "Civic"}, {"car": "Honda", "type": "Civic"}),
        ({"car": "MKX"}, {"car": "MKZ"}, {"car": "MKZ"}),
        ({"car": {"make": "Ford", "model": "Escape"}}, {"car": {"make": "Dodge"}}, {"car": {"make": "Dodge"}}),
    ],
)
def test_post_merges_json_objects_one_level_deep_xapi_00183_00184_00234_00279_00308(
    lrs, resource, before, after, merged
):
    at = place(resource)
    post(lrs, resource, at, before)
    post(lrs, resource, at, after)
    assert read(lrs, resource, at) == merged


@each_resource
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("abcdefg", "not/json"),
        ("abcdefg", "application/octet-stream"),
        ("abc", "application/x-www-form-urlencoded"),
        ('{"a": 1}{', "application/json"),
        ('{"a": 1}[', "application/json"),
        ("[1]", "application/json"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_changes_nothing_xapi_00229_00278_00313(lrs, resource, body, kind):
    at, content = place(resource), document()
    post(lrs, resource, at, content)
    assert lrs.post(resource, at, body=body, content_type=kind).status_code == 400
    assert read(lrs, resource, at) == content


@each_resource
def test_json_is_not_merged_into_what_is_no_json_xapi_00229_00278_00313(lrs, resource):
    at, content = place(resource), "/ asdf / undefined"
    put = lrs.put(resource, at, body=content, content_type="application/octet-stream")
    assert put.status_code == 204
    assert lrs.post(resource, at, json_body=document()).status_code == 400
    assert lrs.get(resource, at).content.decode() == content


@each_resource
def test_broken_json_is_refused_even_where_nothing_is_xapi_00314(lrs, resource):
    answer = lrs.post(resource, place(resource), body='{"a": 1}[', content_type="application/json")
    assert answer.status_code == 400


@each_resource
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_each_needed_parameter_is_needed(lrs, resource, method):
    """Without the document's own id GET lists, and DELETE deletes all states but no profile."""
    named, parameters = RESOURCES[resource]
    lists = {"GET", "DELETE"} if named == "stateId" else {"GET"}
    for name in [*parameters, *([] if method in lists else [named])]:
        sent = {} if method in ("GET", "DELETE") else {"json_body": document(), "headers": {"If-None-Match": "*"}}
        answer = lrs.call(method, resource, without(place(resource), name), **sent)
        assert answer.status_code == 400, name
        assert answer.content


WRONG = [
    *[(resource, "agent", True) for resource in ("/activities/state", "/agents/profile")],
    *[(resource, "agent", "not JSON") for resource in ("/activities/state", "/agents/profile")],
    *[(resource, "activityId", "not/an/iri") for resource in ("/activities/state", "/activities/profile")],
    ("/activities/state", "registration", True),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "name", "value"), WRONG)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_wrong_parameters_are_refused_xapi_00196_00203_00255_00258(lrs, resource, name, value, method):
    sent = {} if method in ("GET", "DELETE") else {"json_body": document(), "headers": {"If-None-Match": "*"}}
    assert lrs.call(method, resource, place(resource, **{name: value}), **sent).status_code == 400


@pytest.mark.parametrize("resource", ["/activities/state", "/agents/profile"])
def test_an_agent_in_broken_json_is_refused_xapi_00235_00284(lrs, resource):
    at = place(resource)
    agent = query_of({"agent": at.pop("agent")}).replace("%3A", "%22", 1)
    assert lrs.post(resource, f"{query_of(at)}&{agent}", json_body=document()).status_code == 400


@each_resource
def test_an_unknown_parameter_is_refused(lrs, resource):
    assert lrs.get(resource, place(resource, foo="bar")).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_state_belongs_to_its_registration_xapi_00218_00220_00227(lrs, method):
    at = place("/activities/state", registration=new_id())
    content = document()
    assert lrs.call(method, "/activities/state", at, json_body=content).status_code == 204
    assert read(lrs, "/activities/state", at) == content
    assert lrs.delete("/activities/state", at).status_code == 204
    assert lrs.get("/activities/state", at).status_code == 404


@each_resource
def test_without_its_id_the_ids_are_listed_xapi_00193_00270_00289(lrs, resource):
    one, other = place(resource), place(resource)
    named, _ = RESOURCES[resource]
    post(lrs, resource, one, document())
    post(lrs, resource, other, document())
    assert sorted(read(lrs, resource, without(one, named))) == sorted([one[named], other[named]])


@each_resource
def test_since_lists_what_changed_after_it_xapi_00195_00275_00294(lrs, resource):
    at = place(resource)
    named, _ = RESOURCES[resource]
    post(lrs, resource, at, document())
    everything = without(at, named)
    assert read(lrs, resource, everything | {"since": moment(timedelta(minutes=1))}) == [at[named]]
    assert read(lrs, resource, everything | {"since": moment(timedelta(minutes=-1))}) == []


@each_resource
@pytest.mark.parametrize("since", [True, "not a timestamp"])
def test_since_must_be_a_timestamp_xapi_00204_00260_00295(lrs, resource, since):
    _, parameters = RESOURCES[resource]
    assert lrs.get(resource, parameters | {"since": since}).status_code == 400


def test_deleting_without_an_id_deletes_the_states_of_that_activity_xapi_00194(lrs):
    here, there = place("/activities/state", activityId=f"{ACTIVITY}/{new_id()}"), place("/activities/state")
    post(lrs, "/activities/state", here, document())
    post(lrs, "/activities/state", there, document())
    assert lrs.delete("/activities/state", without(here, "stateId")).status_code == 204
    assert read(lrs, "/activities/state", without(here, "stateId")) == []
    assert read(lrs, "/activities/state", without(there, "stateId")) == [there["stateId"]]


# Concurrency


@each_resource
def test_a_document_says_its_tag_and_when_it_changed_xapi_00322(lrs, resource):
    """1.0.3 wants the quoted SHA-1 of the content; for 2.0 any quoted tag would do."""
    at = place(resource)
    lrs.put(resource, at, body='{"car": "Honda"}', content_type="application/json")
    for answer in (lrs.get(resource, at), lrs.head(resource, at)):
        assert answer.headers["ETag"] == f'"{hashlib.sha1(b"""{"car": "Honda"}""").hexdigest()}"'  # noqa: S324
        changed = parsedate_to_datetime(answer.headers["Last-Modified"])
        assert abs(changed - datetime.now(UTC)) < timedelta(minutes=1)


def methods_of(resource: str, version: str) -> list[str]:
    """Those that must honour If-Match: all in 2.0, and PUT of profiles in 1.0.3."""
    return ["PUT", "POST", "DELETE"] if version == "2.0.0" else ["PUT"]


@each_resource
def test_a_change_under_another_tag_is_refused_and_changes_nothing(lrs, resource, version):
    for method in methods_of(resource, version):
        at, content = place(resource), document()
        post(lrs, resource, at, content)
        sent = {} if method == "DELETE" else {"json_body": document()}
        for wrong in ('"1234"', '"1111111111111111111111111111111111111111"'):
            answer = lrs.call(method, resource, at, headers={"If-Match": wrong}, **sent)
            assert answer.status_code == 412
            assert answer.content
        assert read(lrs, resource, at) == content


@each_resource
def test_a_change_under_the_right_tag_is_made(lrs, resource, version):
    for method in methods_of(resource, version):
        at, after = place(resource), document()
        post(lrs, resource, at, {"name": "before"})
        sent = {} if method == "DELETE" else {"json_body": after}
        tag = lrs.get(resource, at).headers["ETag"]
        assert lrs.call(method, resource, at, headers={"If-Match": tag}, **sent).status_code == 204
        if method == "DELETE":
            assert lrs.get(resource, at).status_code == 404
        else:
            assert read(lrs, resource, at) == after


@each_resource
def test_if_none_match_of_anything_stores_only_a_new_document(lrs, resource):
    at, content = place(resource), document()
    put_new(lrs, resource, at, content)
    answer = lrs.put(resource, at, json_body=document(), headers={"If-None-Match": "*"})
    assert answer.status_code == 412
    assert read(lrs, resource, at) == content


def check_put_over(lrs: Lrs, resource: str) -> None:
    at, content = place(resource), document()
    post(lrs, resource, at, content)
    answer = lrs.put(resource, at, json_body=document())
    assert answer.status_code == 409
    assert answer.content
    assert read(lrs, resource, at) == content


@each_profile
def test_a_profile_is_not_put_over_another_without_a_condition_xapi_00322(lrs, resource):
    check_put_over(lrs, resource)


@ONLY_V2
def test_a_state_is_not_put_over_another_without_a_condition(lrs):
    check_put_over(lrs, "/activities/state")


@ONLY_V1
def test_a_state_is_put_over_another_without_a_condition(lrs):
    at, content = place("/activities/state"), document()
    post(lrs, "/activities/state", at, document())
    assert lrs.put("/activities/state", at, json_body=content).status_code == 204
    assert read(lrs, "/activities/state", at) == content


@each_resource
def test_post_and_delete_need_no_condition(lrs, resource):
    at = place(resource)
    post(lrs, resource, at, document())
    post(lrs, resource, at, document())
    assert lrs.delete(resource, at).status_code == 204
