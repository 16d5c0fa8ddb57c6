"""Data 2.2 to 2.4 and 4: what each part of a statement may be, in statements and in sub-statements alike."""

from collections.abc import Callable

import pytest

from . import samples
from .lrs import MISSING, Json, Lrs, new_id
from .samples import FILE, ONLY_V1, ONLY_V2, VOIDED, agent, attachment, changed, statement

NOT_TEXT = [12345, {"key": "value"}, None, True]
NOT_A_MAP = [
    12345,
    "text",
    None,
    ["text"],
    {"a12345678": "text"},
    {"something": "text"},
    {"en-US": 12345},
    {"en": None},
]
NOT_AN_IRI = ["ab=c://should.fail.com", "should fail", "example.org/no-scheme", "", 12345, {"key": "value"}, None]
NOT_A_UUID = [
    "AA97B177-9383-4934-8543-0F91A7A028368",
    "MA97B177-9383-4934-8543-0F91A7A02836",
    "no",
    "",
    1,
    {"a": 1},
    None,
]
LANGUAGES = ["de", "cmn", "de-DE", "zh-Hant", "sr-Latn-RS", "zh-Hans-CN", "es-MX", "fr-CA", "ase", "sr-Cyrl"]
NOT_LANGUAGES = ["something", "zh-z-aaa-z-bbb-c-ccc", "e", "en_US", "", 12345, {"key": "value"}, None]
NOT_COMPONENTS = [
    samples.component("a"),
    [{"id": 12345}],
    [{"description": {"en": "a"}}],
    [{"id": "a", "description": "text"}],
    [{"id": "a", "description": {"a12345678": "text"}}],
    [samples.component("a"), samples.component("a")],
    ["a"],
]
EXTENSION = "https://example.org/extension"
COMPONENTS = {
    "choice": ["choices"],
    "sequencing": ["choices"],
    "likert": ["scale"],
    "matching": ["source", "target"],
    "performance": ["steps"],
}

REFUSED: dict[str, list] = {
    "actor": [MISSING, None, "text", {}],
    "verb": [MISSING, None, "text", {}, "https://example.org/verbs/attended"],
    "object": [MISSING, None, "text", {}],
    "verb.id": [MISSING, *NOT_AN_IRI],
    "verb.display": NOT_A_MAP,
    "verb.other": ["text"],
    "object.objectType": ["activity", "agent", "statementref", "substatement", 12345, {"a": 1}, None],
    "object.id": [MISSING, *NOT_AN_IRI],
    "object.definition": [12345, "text", None],
    "object.definition.name": NOT_A_MAP,
    "object.definition.description": NOT_A_MAP,
    "object.definition.type": NOT_AN_IRI,
    "object.definition.moreInfo": NOT_AN_IRI,
    "object.definition.extensions": [12345, "text", None, {"not an iri": 1}, {"example.org/no-scheme": 1}],
    "object.definition.interactionType": ["https://example.org", 12345, {"a": 1}, "guessing", None],
    "object.definition.other": ["text"],
    "result": ["text", 12345, None],
    "result.success": ["true", "false", "We regret to inform you.", 1, None],
    "result.completion": ["true", "false", 0, None],
    "result.response": [12345, {"key": "value"}, None],
    "result.duration": ["PA1H0M0S", "should fail", "P4W1D", "P", "PT", "", 12345, {"key": "value"}, None],
    "result.extensions": [12345, "text", None, {"not an iri": 1}],
    "result.score": [12345, "text", None],
    "result.score.scaled": [1.01, -1.00001, "1", None],
    "result.score.raw": [100.02, -0.73, "95", "ninety", None],
    "result.score.min": [95.1, 101, "0", None],
    "result.score.max": [94.9, -1, "100", "one hundred", None],
    "result.other": ["text"],
    "context": ["text", 12345, None],
    "context.registration": NOT_A_UUID,
    "context.instructor": ["text", {"key": "value"}, {}, None],
    "context.team": ["text", {"key": "value"}, {}, agent(), None],
    "context.contextActivities": ["text", None, {"sibling": [samples.activity()]}],
    "context.contextActivities.other": [
        "text",
        [samples.activity(), {"key": "value"}],
        [{"key": "value"}, samples.activity()],
        [agent()],
        agent(),
    ],
    "context.revision": [12345, {"key": "value"}, None],
    "context.platform": [12345, {"key": "value"}, None],
    "context.language": NOT_LANGUAGES,
    "context.statement": ["text", {"objectType": "StatementRef"}, samples.activity(), None],
    "context.statement.objectType": ["statementref", "Activity"],
    "context.statement.id": NOT_A_UUID,
    "context.extensions": [12345, "text", None, {"example.org/no-scheme": 1}],
    "context.other": ["text"],
    "timestamp": [
        "01/011/2015",
        "should fail",
        "2008-09-15T15:53:00.601-00",
        "2008-09-15T15:53:00.601-0000",
        "2008-09-15T15:53:00.601-00:00",
        12345,
        {"key": "value"},
        None,
    ],
    "dummy": ["text"],
    **{name: ["text"] for name in ("Actor", "veRb", "oBject", "RESULT", "conText", "timeStamp", "STOred", "auTHORity")},
    **{name: ["text"] for name in ("iD", "Version", "attachmentS")},
}

TAKEN: dict[str, list] = {
    "verb.display": [MISSING, *({language: "text"} for language in LANGUAGES)],
    "object.objectType": [MISSING],
    "object.definition": [MISSING, {}],
    "object.definition.name": [MISSING, *({language: "text"} for language in LANGUAGES)],
    "result.duration": ["PT1H0M0.1S", "PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W"],
    "result.score": [MISSING, {"scaled": 0.6767676}, {"raw": -5}, {"min": 0.6767676}, {"max": 100.6767676}],
    "result.score.scaled": [0.6767676, 1.0, -1.0000, 0],
    "result.score.raw": [0.6767676, 0, 100],
    "result.score.min": [0.6767676],
    "result.score.max": [100.6767676],
    "context.language": LANGUAGES,
    "context.contextActivities": [{name: samples.activity()} for name in ("parent", "grouping", "category", "other")],
    **{
        f"{place}.extensions": [
            {},
            *({EXTENSION: value} for value in (None, "", {}, True, 12345, "text", {"key": "value"}, [None])),
        ]
        for place in ("object.definition", "result", "context")
    },
    "timestamp": ["2013-05-18T05:32:34.804Z", "2031-05-18T05:32:34.804Z", "2008-09-15T15:53:00.601+00:00"],
}


def in_sub_statement(one: Json) -> Json:
    return statement(object={"objectType": "SubStatement"} | one)


WHERE: dict[str, Callable[[Json], Json]] = {"statement": lambda one: one, "sub-statement": in_sub_statement}
each_where = pytest.mark.parametrize("where", WHERE)


def check(lrs: Lrs, cases: list[tuple[object, Json]], expected: int) -> None:
    """All of these are answered so; names those that are not."""
    answers = [(name, lrs.send(one)) for name, one in cases]
    assert [(name, answer.content) for name, answer in answers if answer.status_code != expected] == []


@each_where
def test_a_statement_may_have_all_of_its_properties_xapi_00014(lrs, where):
    check(lrs, [(where, WHERE[where](samples.full_statement()))], 200)


@each_where
@pytest.mark.parametrize("path", REFUSED)
def test_what_a_property_may_not_be_is_refused(lrs, where, path):
    """XAPI-00001, 00003 to 00011, 00022, 00027 to 00030, 00044 to 00061, 00074 to 00094, 00118, 00121 to 00124."""
    full = samples.full_statement()
    check(lrs, [(value, WHERE[where](changed(full, path, value))) for value in REFUSED[path]], 400)
    assert lrs.find()["statements"] == []


@each_where
@pytest.mark.parametrize("path", TAKEN)
def test_what_a_property_may_be_is_taken(lrs, where, path):
    """XAPI-00013, 00022, 00056, 00077, 00080 to 00083, 00093, 00094, 00119, 00120, 00123, 00124."""
    full = samples.full_statement()
    check(lrs, [(value, WHERE[where](changed(full, path, value))) for value in TAKEN[path]], 200)


@pytest.mark.parametrize("extensions", [None, "", {}, True])
def test_extensions_may_be_empty_when_put_xapi_00119(lrs, extensions):
    for place in ("object.definition", "result", "context"):
        one = changed(samples.full_statement(), f"{place}.extensions", {EXTENSION: extensions})
        for sent in (one, in_sub_statement(one)):
            assert lrs.put("/statements", {"statementId": new_id()}, json_body=sent).status_code == 204


@pytest.mark.parametrize("sent", ["", "{", "[1]", "null", "text", '{"actor": 1', '"text"', "1"])
def test_what_is_no_statement_is_refused(lrs, sent):
    assert lrs.post("/statements", body=sent, content_type="application/json").status_code == 400


# Statement level


def test_the_id_must_be_a_uuid_xapi_00027_00028(lrs):
    check(lrs, [(wrong, statement(id=wrong)) for wrong in NOT_A_UUID], 400)
    check(lrs, [("capitals", statement(id=new_id().upper()))], 200)


@ONLY_V1
def test_version_must_be_of_the_first_xapi_00101(lrs):
    check(lrs, [(right, statement(version=right)) for right in ("1.0", "1.0.0", "1.0.9")], 200)
    check(lrs, [(wrong, statement(version=wrong)) for wrong in ("should fail", "0.9.9", "1.1.0", 1.0, None)], 400)


@ONLY_V2
def test_version_must_be_of_either(lrs):
    """The suite sends the same rows in 2.0: 1.0 and 1.0.9 are taken."""
    check(lrs, [(right, statement(version=right)) for right in ("1.0", "1.0.9", "2.0.0")], 200)
    check(lrs, [(wrong, statement(version=wrong)) for wrong in ("should fail", "0.9.9", "1.1.0")], 400)


def test_a_voiding_statement_points_at_a_statement_xapi_00017_00019_00020(lrs):
    """Which need not be there."""
    check(lrs, [("unknown target", samples.voiding(new_id()))], 200)
    check(lrs, [("an activity", statement(verb={"id": VOIDED}))], 400)


# Activities


@each_where
@pytest.mark.parametrize("kind", samples.INTERACTIONS)
def test_each_interaction_is_taken_by_its_exact_name_alone_xapi_00009_00049_00064(lrs, where, kind):
    right = statement(object=samples.interaction(kind))
    check(lrs, [(kind, WHERE[where](right))], 200)
    wrong = [MISSING, kind.upper(), kind.title(), kind[:-1] + kind[-1].upper()]
    check(lrs, [(one, WHERE[where](changed(right, "object.definition.interactionType", one))) for one in wrong], 400)


@each_where
@pytest.mark.parametrize("wrong", [{"key": "value"}, [{"key": "value"}], [12345], "true", None])
def test_a_pattern_of_responses_is_a_list_of_texts(lrs, where, wrong):
    sent = changed(statement(object=samples.interaction("numeric")), "object.definition.correctResponsesPattern", wrong)
    check(lrs, [(wrong, WHERE[where](sent))], 400)


@each_where
@pytest.mark.parametrize("kind", COMPONENTS)
def test_components_are_a_list_with_texts_for_ids(lrs, where, kind):
    right = statement(object=samples.interaction(kind))
    for name in COMPONENTS[kind]:
        path = f"object.definition.{name}"
        check(lrs, [(one, WHERE[where](changed(right, path, one))) for one in NOT_COMPONENTS], 400)
        described = [{"id": "a", "description": {language: "a"}} for language in ("ja", "sr-Latn-RS")]
        check(lrs, [(one, WHERE[where](changed(right, path, [one]))) for one in described], 200)


# Other objects


def objects() -> dict[str, Json]:
    return {
        "agent": agent(),
        "group": samples.groups_by_identifier()["mbox"],
        "anonymous group": samples.anonymous_group(),
        "reference": samples.statement_reference(),
    }


@each_where
@pytest.mark.parametrize("kind", objects())
def test_other_objects_say_what_they_are_xapi_00046_00065_00066_00073(lrs, where, kind):
    one = objects()[kind]
    check(lrs, [(kind, WHERE[where](statement(object=one)))], 200)
    wrong = [MISSING, one["objectType"].lower(), 12345, {"key": "value"}]
    check(lrs, [(value, WHERE[where](statement(object=changed(one, "objectType", value)))) for value in wrong], 400)


@each_where
def test_a_reference_has_the_id_of_a_statement_xapi_00072(lrs, where):
    wrong = [(id_, changed(samples.statement_reference(), "id", id_)) for id_ in (MISSING, *NOT_A_UUID)]
    check(lrs, [(id_, WHERE[where](statement(object=one))) for id_, one in wrong], 400)


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("kind", [*objects(), "sub-statement"])
def test_only_a_statement_about_an_activity_has_a_revision_and_a_platform_xapi_00084_00085(lrs, name, kind):
    one = objects().get(kind) or samples.sub_statement()
    check(lrs, [(name, statement(object=one, context={name: "3"}))], 400)
    if kind != "sub-statement":
        check(lrs, [(name, samples.nested(object=one, context={name: "3"}))], 400)
    check(lrs, [(name, changed(samples.full_statement(), "object.objectType"))], 200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"},
        {"stored": "2013-05-18T05:32:34.804Z"},
        {"version": "1.0.0"},
        {"authority": agent()},
        {"object": samples.sub_statement()},
        {"objectType": "substatement"},
    ],
)
def test_a_sub_statement_has_no_life_of_its_own_xapi_00067_00071(lrs, wrong):
    check(lrs, [(wrong, samples.nested(**wrong))], 400)


# Attachments


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("usageType", [MISSING, *NOT_AN_IRI]),
        ("display", [MISSING, *NOT_A_MAP]),
        ("description", NOT_A_MAP),
        ("contentType", [MISSING, *NOT_TEXT]),
        ("length", [MISSING, "27", "should fail", 27.5, None]),
        ("sha2", [MISSING, *NOT_TEXT]),
        ("fileUrl", NOT_AN_IRI),
        ("other", ["text"]),
    ],
)
def test_what_an_attachment_may_not_be_is_refused_xapi_00102_00107(lrs, name, values):
    right = attachment(**FILE)
    check(lrs, [(value, statement(attachments=[changed(right, name, value)])) for value in values], 400)


def test_attachments_are_a_list_of_attachments_xapi_00025(lrs):
    right = attachment(**FILE)
    check(lrs, [(wrong, statement(attachments=wrong)) for wrong in (right, [12345], ["text"], "text", None)], 400)
    languages = [{"en-US": "Notes", language: "Notes"} for language in LANGUAGES]
    check(lrs, [(one, statement(attachments=[changed(right, "display", one)])) for one in languages], 200)
    check(lrs, [("no description", statement(attachments=[changed(right, "description")]))], 200)


# Agents and groups, wherever they may stand

PLACES: dict[str, Callable[[Json], Json]] = {
    "actor": lambda one: statement(actor=one),
    "authority": lambda one: statement(authority=one),
    "instructor": lambda one: statement(context={"instructor": one}),
    "object": lambda one: statement(object=one),
    "sub-statement's actor": lambda one: samples.nested(actor=one),
    "sub-statement's instructor": lambda one: samples.nested(context={"instructor": one}),
    "sub-statement's object": lambda one: samples.nested(object=one),
}
GROUP_PLACES = {name: put for name, put in PLACES.items() if name != "authority"} | {
    "team": lambda one: statement(context={"team": one}),
    "sub-statement's team": lambda one: samples.nested(context={"team": one}),
}
OTHER_IDENTIFIERS = {
    "mbox": ["mailto:should.fail.com", "https://should.fail.com", "ada@example.org", "mailto:", *NOT_TEXT],
    "mbox_sha1sum": ["too short", "x" * 40, *NOT_TEXT],
    "openid": NOT_AN_IRI,
    "account": [
        "text",
        {},
        None,
        {"name": "ada"},
        {"homePage": "https://school.example.org"},
        {"homePage": "ab=c://should.fail.com", "name": "ada"},
        {"homePage": "school.example.org", "name": "ada"},
        {"homePage": "https://school.example.org", "name": {"key": "value"}},
        {"homePage": "https://school.example.org", "name": "ada", "other": 1},
    ],
}


def wrong_agents(rights: dict[str, Json]) -> list[tuple[object, Json]]:
    """Of agents or of groups: wrong types, names and identifiers, none or two of them."""
    plain = changed(rights["mbox"], "mbox")
    wrong = [
        ("objectType", one, changed(rights["mbox"], "objectType", one)) for one in ("agent", "group", 123, {"a": 1})
    ]
    wrong += [("name", one, changed(rights["mbox"], "name", one)) for one in NOT_TEXT]
    wrong += [("other", "text", changed(rights["mbox"], "other", "text"))]
    for name, values in OTHER_IDENTIFIERS.items():
        wrong += [(name, value, plain | {name: value}) for value in values]
        wrong += [(name, other, rights[name] | {other: rights[other][other]}) for other in rights if other != name]
    return [((name, value), one) for name, value, one in wrong]


@pytest.mark.parametrize("place", PLACES)
def test_an_agent_has_one_identifier_xapi_00031_00034_00038_00043(lrs, place):
    rights = samples.agents_by_identifier()
    check(lrs, [(name, PLACES[place](one)) for name, one in rights.items()], 200)
    wrong = [
        *wrong_agents(rights),
        ("none", {"objectType": "Agent", "name": "Ada"}),
        ("member", agent(member=[agent()])),
    ]
    check(lrs, [(name, PLACES[place](one)) for name, one in wrong], 400)
    if not place.endswith("object"):
        check(lrs, [("plain", PLACES[place](changed(agent(), "objectType")))], 200)


@pytest.mark.parametrize("place", GROUP_PLACES)
def test_a_group_has_one_identifier_or_members_xapi_00035_00037(lrs, place, version):
    """The suite lets an instructor be a group, in either version."""
    put, rights = GROUP_PLACES[place], samples.groups_by_identifier()
    check(lrs, [(name, put(one)) for name, one in rights.items()], 200)
    check(lrs, [(name, put(changed(one, "member"))) for name, one in rights.items()], 200)
    check(lrs, [("anonymous", put(samples.anonymous_group()))], 200)
    anonymous = [
        (value, changed(samples.anonymous_group(), "member", value)) for value in (MISSING, [], agent(), ["Ada"])
    ]
    nested = [("group in a group", changed(samples.anonymous_group(), "member.0", samples.anonymous_group()))]
    members = [
        ("member", changed(rights["mbox"], "member", value)) for value in (agent(), "Ada", [{"name": "Ada"}], None)
    ]
    wrong = [*wrong_agents(rights), *anonymous, *nested, *members]
    check(lrs, [(name, put(one)) for name, one in wrong], 400)


def test_an_authority_that_is_a_group_is_two_agents_without_a_name_xapi_00024_00098_00100(lrs):
    consumer = {"account": {"homePage": "https://example.org/token", "name": "consumer-7"}}
    pair = {"objectType": "Group", "member": [consumer, {"mbox": "mailto:ada@example.org"}]}
    check(lrs, [("pair", statement(authority=pair))], 200)
    wrong = [
        changed(pair, "member"),
        changed(pair, "member", [consumer]),
        changed(pair, "member", [*pair["member"], agent()]),
        *[changed(one, "member", pair["member"]) for one in samples.groups_by_identifier().values()],
        *samples.groups_by_identifier().values(),
    ]
    check(lrs, [(one, statement(authority=one)) for one in wrong], 400)


# Agents and groups of the context, new in 2.0


def of_context(kind: str, **more: object) -> Json:
    one = agent() if kind == "Agent" else samples.groups_by_identifier()["mbox"]
    return {
        "objectType": f"context{kind}",
        kind.lower(): one,
        "relevantTypes": ["https://example.org/types/player"],
    } | more


@ONLY_V2
@each_where
@pytest.mark.parametrize("kind", ["Agent", "Group"])
def test_a_context_has_agents_and_groups(lrs, where, kind):
    put: Callable[[object], Json] = lambda one: WHERE[where](statement(context={f"context{kind}s": one}))  # noqa: E731
    right = of_context(kind)
    check(
        lrs,
        [("one", put([right])), ("two", put([right, right])), ("plain", put([changed(right, "relevantTypes")]))],
        200,
    )
    wrong = [
        changed(right, "objectType", "Should fail"),
        changed(right, "objectType", kind),
        changed(right, kind.lower(), {"key": "Should fail"}),
        changed(right, kind.lower()),
        changed(right, kind.lower(), samples.activity()),
        changed(right, "relevantTypes", []),
        changed(right, "relevantTypes", ["abc"]),
        changed(right, "relevantTypes", "https://example.org/types/player"),
        right | {"other": "text"},
    ]
    check(lrs, [(one, put([one])) for one in wrong], 400)
    check(lrs, [("no list", put(right))], 400)


@ONLY_V1
@pytest.mark.parametrize("kind", ["Agent", "Group"])
def test_a_context_of_the_first_version_has_neither(lrs, kind):
    check(lrs, [(kind, statement(context={f"context{kind}s": [of_context(kind)]}))], 400)
