"""Communication 2.1, Data 2.3 and 2.5: storing statements, finding them again, and voiding them."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from . import samples
from .lrs import ids_of, new_id
from .samples import ONLY_V1, ONLY_V2, agent, changed, statement

NOWHERE = "https://example.org/verbs/never-used"
FILTERS = {
    "agent": agent(),
    "verb": NOWHERE,
    "activity": "https://example.org/meetings/7",
    "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    "related_activities": True,
    "related_agents": True,
    "since": "2012-06-01T19:09:13.245Z",
    "until": "2012-06-01T19:09:13.245Z",
    "limit": 1,
    "ascending": True,
}


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Storing


def test_post_answers_200_with_the_ids_in_order_xapi_00146(lrs):
    first, second = new_id(), new_id()
    answer = lrs.send([statement(id=first), statement(id=second), statement()])
    assert answer.status_code == 200
    assert json.loads(answer.content)[:2] == [first, second]
    assert len(json.loads(answer.content)) == 3


def test_put_answers_204_with_nothing_xapi_00143(lrs):
    name = new_id()
    answer = lrs.put("/statements", {"statementId": name}, json_body=statement(id=name))
    assert (answer.status_code, answer.content) == (204, b"")
    assert lrs.fetch(name)["id"] == name


def test_put_takes_the_id_from_its_parameter_xapi_00144(lrs):
    name = new_id()
    assert lrs.put("/statements", {"statementId": name}, json_body=statement()).status_code == 204
    assert lrs.fetch(name)["id"] == name


def test_put_without_its_parameter_is_refused_xapi_00145(lrs):
    assert lrs.put("/statements", json_body=statement(id=new_id())).status_code == 400


def test_an_id_is_made_where_none_is_given_xapi_00026(lrs):
    name = lrs.store(statement())
    assert lrs.fetch(name)["id"] == name


def test_the_store_says_when_and_for_whom_it_stored_xapi_00097_00099(lrs):
    """The suite wants one statement of a page whose `stored` ends in a digit other than zero: milliseconds at least."""
    sent = statement(stored="2011-07-15T00:00:00.000Z")
    got = lrs.fetch(lrs.store(sent))
    assert got["stored"] != sent["stored"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z", got["stored"])
    assert abs(read(got["stored"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert got["authority"]["objectType"] == "Agent"


def test_the_time_of_storing_is_the_timestamp_where_none_is_given(lrs):
    got = lrs.fetch(lrs.store(statement()))
    assert got["timestamp"] == got["stored"]


def test_a_null_timestamp_is_refused(lrs):
    """The suite stores this and compares `timestamp` and `stored` of what it gets: both are absent from a 404."""
    name = new_id()
    assert lrs.send(statement(id=name, timestamp=None)).status_code == 400
    assert lrs.get("/statements", {"statementId": name}).status_code == 404


def test_a_timestamp_in_the_future_is_stored(lrs):
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert lrs.fetch(lrs.store(statement(timestamp=soon)))["timestamp"] == soon


def test_a_timestamp_keeps_its_moment(lrs):
    got = lrs.fetch(lrs.store(statement(timestamp="2023-05-04T12:00:00-05:00")))
    assert read(got["timestamp"]) == datetime(2023, 5, 4, 17, tzinfo=UTC)


def test_a_statement_keeps_the_version_that_it_came_with_xapi_00332(lrs, version):
    assert lrs.fetch(lrs.store(statement(version=version)))["version"] == version


def test_numbers_keep_their_precision_xapi_00002(lrs):
    score = {"min": 0.12123434, "raw": 12.125, "max": 45.45, "scaled": 0.12123434}
    assert lrs.fetch(lrs.store(statement(result={"score": score})))["result"]["score"] == score


def test_text_keeps_its_letters_xapi_00015(lrs):
    display = {"ja-JP": "出席した", "is-IS": "sótti", "ar-EG": "حضر", "pa-IN": "ਹਾਜ਼ਰ", "kn-IN": "ಹಾಜರಿದ್ದರು"}
    assert lrs.fetch(lrs.store(statement(verb=samples.verb(display=display))))["verb"]["display"] == display


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("verb", ["not an iri", "https://example.org/verbs/another"])
def test_another_statement_with_the_same_id_changes_nothing_xapi_00142(lrs, method, verb):
    sent = statement(id=new_id())
    lrs.store(sent)
    other = changed(sent, "verb.id", verb)
    answer = lrs.call(method, "/statements", {"statementId": sent["id"]} if method == "PUT" else "", json_body=other)
    assert answer.status_code in (400, 409)
    assert lrs.fetch(sent["id"])["verb"]["id"] == sent["verb"]["id"]


def test_another_statement_with_the_same_id_is_a_conflict(lrs):
    sent = statement(id=new_id())
    lrs.store(sent)
    assert lrs.send(changed(sent, "verb.id", NOWHERE)).status_code == 409


def test_the_same_statement_again_is_accepted_and_stored_once(lrs):
    sent = statement(id=new_id())
    lrs.store(sent)
    assert lrs.send(sent).status_code == 200
    assert lrs.put("/statements", {"statementId": sent["id"]}, json_body=sent).status_code == 204
    assert ids_of(lrs.find()) == [sent["id"]]


def test_a_batch_is_stored_whole_or_not_at_all_xapi_00182_00326(lrs):
    right = statement(id=new_id())
    assert lrs.send([right, changed(statement(), "verb.id", "should fail")]).status_code == 400
    assert lrs.get("/statements", {"statementId": right["id"]}).status_code == 404


def test_a_batch_with_one_id_twice_is_refused(lrs):
    name = new_id()
    assert lrs.send([statement(id=name), statement(id=name)]).status_code == 400


# Finding


def test_one_statement_by_its_id_xapi_00156(lrs):
    sent = statement(id=new_id())
    lrs.store(sent)
    got = lrs.fetch(sent["id"])
    assert {name: got[name] for name in sent} == sent


def test_an_unknown_id_is_404(lrs):
    assert lrs.get("/statements", {"statementId": new_id()}).status_code == 404
    assert lrs.get("/statements", {"voidedStatementId": new_id()}).status_code == 404


@pytest.mark.parametrize("name", [*FILTERS, "format", "attachments"])
def test_every_parameter_is_taken_and_answered_with_a_result_xapi_00154_00173_00181(lrs, name):
    lrs.store(samples.full_statement())
    value = FILTERS.get(name, "ids" if name == "format" else False)
    assert isinstance(lrs.find(**{name: value})["statements"], list)


def test_nothing_found_is_an_empty_list_xapi_00149_00109(lrs):
    lrs.store(statement())
    assert lrs.find(verb=NOWHERE) == {"statements": [], "more": ""}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("by", ["statementId", "voidedStatementId"])
def test_an_id_with_a_filter_is_refused_xapi_00150_00151(lrs, by, name):
    assert lrs.get("/statements", {by: new_id(), name: FILTERS[name]}).status_code == 400


def test_both_ids_at_once_are_refused(lrs):
    assert lrs.get("/statements", {"statementId": new_id(), "voidedStatementId": new_id()}).status_code == 400


@pytest.mark.parametrize("more", [{"format": "ids"}, {"attachments": True}])
def test_an_id_with_format_or_attachments_is_answered(lrs, more):
    assert lrs.get("/statements", {"statementId": lrs.store(statement()), **more}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        "statementId=wrong",
        "voidedStatementId=wrong",
        "agent=wrong",
        'agent={"mbox":"nobody"}',
        "verb=not.an.iri/verb",
        "activity=not.an.iri/activity",
        "registration=wrong",
        "since=wrong",
        "until=wrong",
        "limit=many",
        "limit=-1",
        "format=pretty",
        "attachments=perhaps",
        "ascending=perhaps",
        "related_agents=perhaps",
        "related_activities=perhaps",
    ],
)
def test_a_wrong_value_is_refused_xapi_00012(lrs, wrong):
    assert lrs.get("/statements", wrong).status_code == 400


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId", "format", "attachments", *FILTERS])
def test_a_parameter_in_another_case_is_refused_xapi_00325(lrs, name):
    """`Related_Activities` as well as `StatementId`: every word with a capital."""
    shouted = "_".join(word[0].upper() + word[1:] for word in name.split("_"))
    assert lrs.get("/statements", {shouted: FILTERS.get(name, new_id())}).status_code == 400
    assert lrs.put("/statements", {"StatementId": new_id()}, json_body=statement()).status_code == 400


def test_an_unknown_parameter_is_refused_xapi_00324(lrs):
    assert lrs.get("/statements", {"foo": "bar"}).status_code == 400


@pytest.mark.parametrize("parameters", ["", {"verb": NOWHERE}, {"limit": 1}, {"format": "ids"}, {"attachments": True}])
def test_every_answer_says_how_far_it_is_consistent_xapi_00153_00160(lrs, parameters):
    """The suite waits a second and asks again until this is as late as the moment at which it stored something."""
    before = datetime.now(UTC)
    lrs.store(statement())
    answer = lrs.get("/statements", parameters)
    assert answer.status_code == 200
    through = read(answer.headers["X-Experience-API-Consistent-Through"])
    assert before - timedelta(milliseconds=2) <= through <= datetime.now(UTC)


def test_a_refusal_says_how_far_it_is_consistent_too_xapi_00153(lrs):
    answer = lrs.get("/statements", "LIMIT=1")
    assert answer.status_code == 400
    assert read(answer.headers["X-Experience-API-Consistent-Through"])


def test_answers_say_their_type_xapi_00165(lrs):
    lrs.store(statement())
    for parameters in ("", {"attachments": False}, {"ascending": True}):
        assert lrs.get("/statements", parameters).headers["Content-Type"].startswith("application/json")


def test_one_statement_says_when_it_was_stored(lrs):
    name = lrs.store(statement())
    answer = lrs.get("/statements", {"statementId": name})
    stored = read(json.loads(answer.content)["stored"])
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == stored.replace(microsecond=0)


def test_the_newest_come_first_and_ascending_the_oldest_xapi_00166(lrs):
    names = [lrs.store(statement()) for _ in range(3)]
    assert ids_of(lrs.find()) == names[::-1]
    assert ids_of(lrs.find(ascending=True)) == names
    times = [read(one["stored"]) for one in lrs.find(ascending=True)["statements"]]
    assert times == sorted(times)


def test_filters_choose_by_what_the_statement_says_xapi_00164(lrs):
    one = samples.full_statement()
    one["actor"]["mbox"], one["verb"]["id"] = samples.mailbox(), "https://example.org/verbs/one"
    one["object"]["id"], one["context"]["registration"] = "https://example.org/activities/one", new_id()
    name = lrs.store(one)
    lrs.store(samples.full_statement())
    assert ids_of(lrs.find(agent=one["actor"])) == [name]
    assert ids_of(lrs.find(verb=one["verb"]["id"])) == [name]
    assert ids_of(lrs.find(activity=one["object"]["id"])) == [name]
    assert ids_of(lrs.find(registration=one["context"]["registration"])) == [name]


@pytest.mark.parametrize(
    "place",
    ["context.contextActivities.parent.0", "context.contextActivities.other.0", "object.object"],
)
def test_related_activities_are_found_only_when_asked_for_xapi_00177(lrs, place):
    sent = samples.nested() if place.startswith("object") else samples.full_statement()
    name = lrs.store(changed(sent, f"{place}.id", "https://example.org/activities/far"))
    far = {"activity": "https://example.org/activities/far"}
    assert ids_of(lrs.find(**far)) == []
    assert ids_of(lrs.find(**far, related_activities=True)) == [name]


@pytest.mark.parametrize("place", ["context.instructor", "context.team", "object.actor"])
def test_related_agents_are_found_only_when_asked_for_xapi_00176(lrs, place):
    sent = samples.nested() if place.startswith("object") else samples.full_statement()
    far = agent(mbox=samples.mailbox())
    name = lrs.store(changed(sent, f"{place}.mbox", far["mbox"]))
    assert ids_of(lrs.find(agent=far)) == []
    assert ids_of(lrs.find(agent=far, related_agents=True)) == [name]


def test_since_and_until_bound_the_time_of_storing_xapi_00174_00175(lrs):
    first = lrs.fetch(lrs.store(statement()))
    time.sleep(0.002)  # times of storing are told to the millisecond
    second = lrs.fetch(lrs.store(statement()))
    assert ids_of(lrs.find(since=first["stored"])) == [second["id"]]
    assert ids_of(lrs.find(until=first["stored"])) == [first["id"]]
    assert ids_of(lrs.find(until="2012-06-01T19:09:13.245Z")) == []
    assert len(ids_of(lrs.find(since="2012-06-01T19:09:13.245Z"))) == 2


def test_more_leads_on_until_nothing_is_left_xapi_00108_00111_00114(lrs):
    """The suite resolves `more` against the address that it called, and sends its headers again."""
    names = [lrs.store(statement()) for _ in range(3)]
    result, seen = lrs.find(limit=1), []
    while result["more"]:
        seen += ids_of(result)
        assert result["more"].startswith("/")
        path, _, query = result["more"].partition("?")
        answer = lrs.get(path, query)
        assert answer.status_code == 200
        result = json.loads(answer.content)
        assert "statements" in result
    assert seen + ids_of(result) == names[::-1]


# Formats


def two_languages() -> dict:
    """A group that did what it saw another do, in two languages."""
    inner = samples.sub_statement(actor=agent(), object=samples.interaction("other"))
    return statement(actor=samples.groups_by_identifier()["mbox"], object=inner)


def test_exact_is_what_was_sent_and_what_is_sent_by_default_xapi_00168_00170(lrs):
    sent = two_languages()
    name = lrs.store(sent)
    for got in (lrs.fetch(name), lrs.fetch(name, format="exact"), lrs.find(format="exact")["statements"][0]):
        assert {part: got[part] for part in sent} == sent


def test_ids_leaves_identifiers_alone_xapi_00171(lrs):
    """An activity's is `id` with no objectType, an agent's both. In 2.0 verbs lose their display as well."""
    name = lrs.store(two_languages())
    got = lrs.fetch(name, format="ids")
    sent = two_languages()
    assert got["actor"] == {"objectType": "Group", "mbox": sent["actor"]["mbox"]}
    assert got["verb"] == {"id": sent["verb"]["id"]}
    assert got["object"]["actor"] == {"objectType": "Agent", "mbox": sent["object"]["actor"]["mbox"]}
    assert got["object"]["verb"] == {"id": sent["object"]["verb"]["id"]}
    assert got["object"]["object"] == {"id": sent["object"]["object"]["id"]}


def test_canonical_speaks_one_language_xapi_00169_00172(lrs):
    sent = two_languages()
    name = lrs.store(sent)
    got = json.loads(
        lrs.get(
            "/statements", {"statementId": name, "format": "canonical"}, headers={"Accept-Language": "en-GB"}
        ).content
    )
    inner = sent["object"]["object"]
    assert got["verb"] == {"id": sent["verb"]["id"], "display": {"en-GB": "attended"}}
    assert got["object"]["verb"]["display"] == {"en-GB": "attended"}
    assert got["object"]["actor"] == sent["object"]["actor"]
    definition = inner["definition"] | {"name": {"en-GB": "a meeting"}, "description": {"en-GB": "what was said"}}
    assert got["object"]["object"] == inner | {"definition": definition}


def test_canonical_speaks_one_language_of_context_activities_too_xapi_00172(lrs):
    name = lrs.store(samples.full_statement())
    speak = {"Accept-Language": "en-GB"}
    got = json.loads(lrs.get("/statements", {"statementId": name, "format": "canonical"}, headers=speak).content)
    assert list(got["context"]["contextActivities"]["category"][0]["definition"]["name"]) == ["en-GB"]
    got = json.loads(lrs.get("/statements", {"statementId": name}, headers=speak).content)
    assert set(got["context"]["contextActivities"]["category"][0]["definition"]["name"]) == {"en-GB", "en-US"}


@pytest.mark.parametrize("kind", ["parent", "grouping", "category", "other"])
def test_a_lone_context_activity_comes_back_in_a_list_xapi_00096(lrs, kind):
    """Even in the exact format, and in sub-statements."""
    around = {"contextActivities": {kind: samples.activity()}}
    assert lrs.fetch(lrs.store(statement(context=around)))["context"]["contextActivities"][kind] == [samples.activity()]
    got = lrs.fetch(lrs.store(samples.nested(context=around)))
    assert got["object"]["context"]["contextActivities"][kind] == [samples.activity()]


# Voiding


def test_a_voided_statement_is_found_by_its_own_parameter_alone_xapi_00018_00155_00163(lrs):
    name = lrs.store(statement())
    lrs.store(samples.voiding(name))
    assert lrs.get("/statements", {"statementId": name}).status_code == 404
    answer = lrs.get("/statements", {"voidedStatementId": name})
    assert answer.status_code == 200
    assert json.loads(answer.content)["id"] == name
    assert name not in ids_of(lrs.find())


@pytest.mark.parametrize("more", [{"format": "ids"}, {"attachments": True}])
def test_a_voided_statement_has_its_formats_xapi_00150(lrs, more):
    name = lrs.store(statement())
    lrs.store(samples.voiding(name))
    assert lrs.get("/statements", {"voidedStatementId": name, **more}).status_code == 200


def test_a_voiding_statement_cannot_be_voided_xapi_00016(lrs):
    name = lrs.store(statement())
    voiding = lrs.store(samples.voiding(name))
    lrs.send(samples.voiding(voiding))
    assert lrs.get("/statements", {"statementId": voiding}).status_code == 200
    assert lrs.get("/statements", {"voidedStatementId": name}).status_code == 200


def test_statements_about_a_voided_one_are_found_by_its_properties_xapi_00162(lrs):
    """Both were stored later; `limit` counts them and not the voided one."""
    verb = f"https://example.org/verbs/{new_id()}"
    began = (datetime.now(UTC) - timedelta(seconds=4)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name = lrs.store(statement(verb={"id": verb}))
    voiding = lrs.store(samples.voiding(name))
    about = lrs.store(statement(verb={"id": verb}, object={"objectType": "StatementRef", "id": name}))
    ends = (datetime.now(UTC) + timedelta(seconds=4)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert ids_of(lrs.find(verb=verb)) == [about, voiding]
    assert ids_of(lrs.find(verb=verb, since=began)) == [about, voiding]
    assert ids_of(lrs.find(verb=verb, until=ends)) == [about, voiding]
    assert ids_of(lrs.find(verb=verb, limit=1)) == [about]


# IRIs and durations (2.0, 4.2.7)


def test_iris_that_differ_in_their_dots_are_told_apart_or_normalised(lrs):
    slug = new_id()
    plain, dotted = f"https://example.org/path/{slug}", f"https://example.org/path/../{slug}"
    lrs.store(statement(object={"id": dotted}))
    got = [json.loads(lrs.get("/activities", {"activityId": one}).content)["id"] for one in (plain, dotted)]
    assert got[0] == plain or got[1] == dotted


def test_a_duration_is_kept_or_cut_but_not_rounded(lrs):
    got = lrs.fetch(lrs.store(statement(result={"duration": "P1DT12H36M0.12567S"})))
    assert got["result"]["duration"] in ("P1DT12H36M0.12567S", "P1DT12H36M0.12S")


@ONLY_V2
def test_statements_that_differ_beyond_a_hundredth_of_a_second_are_the_same(lrs):
    sent = statement(id=new_id(), result={"duration": "PT0.1237S"})
    lrs.store(sent)
    assert lrs.send(changed(sent, "result.duration", "PT0.12S")).status_code == 200


@ONLY_V1
def test_a_statement_of_an_earlier_patch_is_taken_and_answered_by_the_latest_xapi_00330(lrs):
    lrs.version = "1.0.1"
    answer = lrs.get("/statements", {"statementId": lrs.store(statement())})
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
