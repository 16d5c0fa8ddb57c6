import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.tests.xapi_samples import (
    ABSENT,
    ADA,
    APPLICATION_AND_USER,
    ATTACHMENT,
    BY_ACCOUNT,
    BY_HASH,
    BY_OPENID,
    CONTEXT,
    FULL,
    INTERACTIONS,
    INVOLVED,
    LESSON,
    NAMED_TEAM,
    PLAIN,
    QUESTION,
    REFERENCE,
    SUB_STATEMENT,
    TEAM,
    VERB,
    VOIDING,
    with_value,
)
from activity.xapi.statements import InvalidStatement
from activity.xapi.validation import check_agent, check_statement
from activity.xapi.validation.languages import is_language_tag
from activity.xapi.versions import Version

NO_IRIS = ["", "should fail", "ab=c://should.fail.com", "example.org/x", "/x", "://x", "http:", "http://a b", 12, None]
NO_UUIDS = ["", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836", 12345, {"key": "x"}]
NO_UUIDS += ["{d1eec41f-1e93-4ed6-acbf-5c4bd0c24269}", "d1eec41f1e934ed6acbf5c4bd0c24269", None]
NO_TIMESTAMPS = ["should fail", "01/011/2015", "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000"]
NO_TIMESTAMPS += ["2008-09-15T15:53:00.601-00:00", "2008-13-01T00:00:00Z", "2008-02-30", "", 1221494000, None]
NO_DURATIONS = ["should fail", "PA1H0M0S", "P4W1D", "P", "PT", "P1DT", "1H", "-PT1S", "P16559.14S", 12345, {"key": "x"}]
NO_MAPS = ["should error", 12345, [], None, {"a12345": "x"}, {"something": "x"}, {"en": None}, {"en": 1}, {"": "x"}]
NO_NUMBERS = ["100", "one hundred", True, None, [], {}]
NO_AGENTS = [{}, {"name": "Ada"}, {"objectType": "Agent"}, "ada", 12, None, [], [ADA], {**ADA, "mbox": None}]
NO_AGENTS += [{**ADA, **other} for other in (BY_HASH, BY_OPENID, BY_ACCOUNT)] + [{**BY_HASH, **BY_OPENID}]
NO_AGENTS += [{**BY_OPENID, **BY_ACCOUNT}, {**ADA, "objectType": "agent"}, {**ADA, "objectType": "Person"}]
NO_AGENTS += [{**ADA, "member": [ADA]}, {**ADA, "key": "x"}, {**ADA, "name": 12}, {**ADA, "Mbox": "mailto:a@b.org"}]
NO_GROUPS = [{"objectType": "Group"}, {"objectType": "Group", "member": []}, {"objectType": "Group", "member": ADA}]
NO_GROUPS += [{**TEAM, "objectType": "group"}, {**TEAM, "member": [TEAM]}, {**TEAM, "member": [{}]}]
NO_GROUPS += [{**NAMED_TEAM, **other} for other in (BY_HASH, BY_OPENID, BY_ACCOUNT)]
NO_GROUPS += [{**NAMED_TEAM, "member": {"objectType": "Group"}}, {**TEAM, "mbox": "http://should.fail.com"}]

# Each: the requirement, the path of one value in the sample that shows everything, and values that may not stand there.
# Sub-statements are held to the same (Data 2.4.4.3: validated as a statement), and every row is tried in both versions.
REFUSED_IN_ALL = [
    ("XAPI-00003", "actor", [ABSENT, *NO_AGENTS, *NO_GROUPS]),
    ("XAPI-00004", "verb", [ABSENT, "https://example.org/v", None, [], {}]),
    ("XAPI-00005", "object", [ABSENT, "https://example.org/o", None, [], {}, [LESSON]]),
    ("XAPI-00001 null", "actor.name", [None]),
    ("XAPI-00033", "actor.name", [12, {"key": "x"}]),
    ("XAPI-00031", "actor.objectType", ["agent", "group", "Activity", 12, {}]),
    (
        "XAPI-00038",
        "actor.mbox",
        ["http://should.fail.com", "mailto:should.fail.com", "ada@example.org", "mailto:a@", 1],
    ),
    (
        "XAPI-00038 more",
        "actor.mbox",
        ["mailto:@b.org", "mailto:a b@c.org", "mailto:a@b.org,c@d.org", "mailto:a@b.org?x"],
    ),
    ("XAPI-00044", "verb.id", [ABSENT, *NO_IRIS]),
    ("XAPI-00045", "verb.display", NO_MAPS),
    ("XAPI-00010", "verb.key", ["x"]),
    ("XAPI-00047", "object.id", [ABSENT, *NO_IRIS]),
    (
        "XAPI-00046",
        "object.objectType",
        ["activity", "agent", "group", "statementref", "substatement", "", 12, [], None],
    ),
    ("XAPI-00048", "object.definition", ["should error", 12345, [], None]),
    ("XAPI-00056", "object.definition.name", NO_MAPS),
    ("XAPI-00059", "object.definition.description", NO_MAPS),
    ("XAPI-00060", "object.definition.type", NO_IRIS),
    ("XAPI-00061", "object.definition.moreInfo", NO_IRIS),
    ("XAPI-00057", "object.definition.extensions", ["x", [], None, {"should fail": 1}, {"id": "x"}, {"a.org/x": 1}]),
    (
        "XAPI-00049",
        "object.definition.interactionType",
        ["choiCe", "true-faLse", "Other", "should error", 12, {}, None],
    ),
    ("XAPI-00050", "object.definition.correctResponsesPattern", ["a", [1], [None], {}, None]),
    ("XAPI-00055", "object.definition.choices", ["a", {}, [{}], ["a"], [12], None]),
    ("XAPI-00058", "object.definition.choices", [[{"id": "a"}, {"id": "a"}], [{"id": 12}], [{"id": None}]]),
    ("XAPI-00062", "object.definition.choices[0].description", NO_MAPS),
    ("XAPI-00063", "object.definition.choices[0].name", ["x"]),
    ("XAPI-00010", "object.definition.key", ["x"]),
    ("XAPI-00078", "result", ["x", 12, [], None]),
    ("XAPI-00079", "result.score", [12345, "should fail", [], None, {"key": 1}]),
    ("XAPI-00083", "result.score.scaled", [1.01, -1.00001, 2, 10**400, *NO_NUMBERS]),
    ("XAPI-00082", "result.score.raw", [10.5, -1, *NO_NUMBERS]),
    ("XAPI-00081", "result.score.min", [11, *NO_NUMBERS]),
    ("XAPI-00080", "result.score.max", [-1, *NO_NUMBERS]),
    ("XAPI-00074", "result.success", ["true", "false", 1, 0, None]),
    ("XAPI-00075", "result.completion", ["true", "false", 1, 0, None]),
    ("XAPI-00076", "result.response", [12345, {"key": "x"}, True, None]),
    ("XAPI-00077 XAPI-00124", "result.duration", [*NO_DURATIONS, None]),
    ("XAPI-00118", "result.extensions", [{"should fail": True}, {"": 1}, {"example.com/x": 1234}, "x", None]),
    ("XAPI-00086", "context", ["x", 12, [], None, {"key": 1}]),
    ("XAPI-00087-1", "context.registration", NO_UUIDS),
    ("XAPI-00087-2", "context.instructor", [*NO_AGENTS, *NO_GROUPS, "should fail", {"key": "x"}]),
    ("XAPI-00088", "context.team", [*NO_AGENTS, *NO_GROUPS, ADA, BY_ACCOUNT]),
    ("XAPI-00086", "context.contextActivities", ["should fail", 12, [], None]),
    ("XAPI-00093", "context.contextActivities.consequences", [LESSON, [LESSON]]),
    ("XAPI-00093 case", "context.contextActivities.Parent", [[LESSON]]),
    ("XAPI-00094", "context.contextActivities.parent", [{"key": "x"}, [LESSON, {"key": "x"}], ["x"], "x", None, [ADA]]),
    ("XAPI-00089", "context.revision", [12345, {"key": "x"}, None]),
    ("XAPI-00090", "context.platform", [12345, {"key": "x"}, None]),
    ("XAPI-00091", "context.language", [12345, {"key": "x"}, {"a12345": "x"}, "something", "a12345", "", None]),
    ("XAPI-00092", "context.statement.objectType", [ABSENT, "statementref", "StatementReference", 12]),
    ("XAPI-00092", "context.statement.id", [ABSENT, *NO_UUIDS]),
    ("XAPI-00118", "context.extensions", [{"should fail": True}, "x", [], None]),
    ("XAPI-00022 XAPI-00123", "timestamp", NO_TIMESTAMPS),
    ("XAPI-00025", "attachments", [ATTACHMENT, "x", [12345], ["should fail"], None]),
    ("XAPI-00107", "attachments[0].usageType", [ABSENT, *NO_IRIS]),
    ("XAPI-00106", "attachments[0].display", [ABSENT, *NO_MAPS]),
    ("XAPI-00106", "attachments[0].description", NO_MAPS),
    ("XAPI-00105", "attachments[0].contentType", [ABSENT, "should fail", "text", "text/", "/plain", 999, "", None]),
    ("XAPI-00102", "attachments[0].length", [ABSENT, "27", "should fail", 27.5, -1, True, None]),
    ("XAPI-00103", "attachments[0].sha2", [ABSENT, 12345, "xyz", "", "4953", None]),
    ("XAPI-00104", "attachments[0].fileUrl", NO_IRIS),
    ("XAPI-00010", "attachments[0].key", ["x"]),
    ("XAPI-00008", "Actor", [ADA]),
    ("XAPI-00008", "veRb", [VERB]),
    ("XAPI-00008", "oBject", [LESSON]),
    ("XAPI-00008", "RESULT", [{}]),
    ("XAPI-00008", "conText", [{}]),
    ("XAPI-00008", "timeStamp", ["2026-11-20T09:30:00Z"]),
    ("XAPI-00008", "attachmentS", [[ATTACHMENT]]),
]
REFUSED_IN_STATEMENTS = [
    ("XAPI-00027 XAPI-00028 XAPI-00030", "id", NO_UUIDS),
    ("XAPI-00023", "stored", NO_TIMESTAMPS),
    ("XAPI-00024", "authority", [*NO_AGENTS, *NO_GROUPS, NAMED_TEAM, TEAM, "x"]),
    ("XAPI-00098", "authority", [{"objectType": "Group", "member": [ADA]}, {**APPLICATION_AND_USER, **BY_OPENID}]),
    ("XAPI-00101", "version", ["should fail", "0.9.9", "1.1.0", "1", "3.0.0", "1.0 ", 1.0, "", None]),
    ("XAPI-00008", "iD", ["d1eec41f-1e93-4ed6-acbf-5c4bd0c24269"]),
    ("XAPI-00008", "STOred", ["2026-11-20T09:30:00Z"]),
    ("XAPI-00008", "auTHORity", [ADA]),
    ("XAPI-00008", "Version", ["1.0.3", "2.0.0"]),
    ("XAPI-00010", "objectType", ["Statement", "SubStatement"]),
    ("XAPI-00010", "member", [[ADA]]),
]
REFUSED_IN_SUB_STATEMENTS = [
    ("XAPI-00070", "id", ["fd41c918-b88b-4b20-a0a5-a4c32391aaa0"]),
    ("XAPI-00069", "stored", ["2013-05-18T05:32:34.804Z"]),
    ("XAPI-00068", "version", ["1.0.0"]),
    ("XAPI-00067", "authority", [ADA]),
    ("XAPI-00073", "objectType", [ABSENT, "substatement", "Statement"]),
    ("XAPI-00071", "object", [SUB_STATEMENT]),
]
IN_A_SUB_STATEMENT = {**PLAIN, "object": SUB_STATEMENT}
ROWS = [
    *((requirement, FULL, path, values) for requirement, path, values in (*REFUSED_IN_ALL, *REFUSED_IN_STATEMENTS)),
    *(
        (requirement, IN_A_SUB_STATEMENT, f"object.{path}", values)
        for requirement, path, values in (*REFUSED_IN_ALL, *REFUSED_IN_SUB_STATEMENTS)
    ),
]


def refusal(statement, version):
    with pytest.raises(InvalidStatement) as caught:
        check_statement(statement, version=version)
    return caught.value


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("sample", "path", "values"), [pytest.param(*row[1:], id=f"{row[0]} {row[2]}") for row in ROWS]
)
def test_wrong_value_is_refused_and_its_place_named(sample, path, values, version):
    for value in values:
        error = refusal(with_value(sample, path, value), version)
        place = path.rpartition(".")[0] if ".score." in path else path  # one number of a score may show up another
        assert error.path.startswith(place), value
        assert error.message[0].isupper(), value
        assert error.message.endswith("."), value


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(PLAIN, id="the least"),
        pytest.param(FULL, id="everything"),
        pytest.param({**PLAIN, "object": SUB_STATEMENT}, id="everything, in a sub-statement"),
        pytest.param(VOIDING, id="voiding (XAPI-00019, XAPI-00020)"),
        *[
            pytest.param({**PLAIN, "actor": one}, id=f"actor {n}")
            for n, one in enumerate([BY_HASH, BY_OPENID, BY_ACCOUNT])
        ],
        pytest.param({**PLAIN, "actor": TEAM}, id="an anonymous group acts"),
        pytest.param({**PLAIN, "actor": NAMED_TEAM}, id="a known group acts"),
        pytest.param({**PLAIN, "actor": {**NAMED_TEAM, "member": []}}, id="a known group may hide its members"),
        pytest.param({**PLAIN, "object": ADA}, id="about an agent"),
        pytest.param({**PLAIN, "object": TEAM}, id="about a group"),
        pytest.param({**PLAIN, "object": REFERENCE}, id="about a statement"),
        pytest.param({**PLAIN, "object": {"id": "urn:x"}}, id="no objectType means Activity"),
        pytest.param({**PLAIN, "object": {"id": "urn:x", "definition": {}}}, id="empty definition"),
        pytest.param({**PLAIN, "context": {}, "result": {}, "attachments": []}, id="empty context and result"),
        pytest.param({**PLAIN, "result": {"score": {}}}, id="empty score"),
        pytest.param({**PLAIN, "verb": {**VERB, "display": {}}}, id="shown in no language"),
        pytest.param(
            {**PLAIN, "object": {"id": "urn:x", "definition": {"name": {}, "description": {}}}},
            id="named in no language",
        ),
        pytest.param({**PLAIN, "context": {"contextActivities": {}}}, id="no context activities"),
        pytest.param({**PLAIN, "context": {"instructor": TEAM}}, id="a group instructs"),
        pytest.param(
            {**PLAIN, "object": {"id": "urn:x"}, "context": {"platform": "x", "revision": "1"}}, id="platform"
        ),
        pytest.param({**PLAIN, "authority": ADA}, id="one agent vouches"),
        pytest.param({**PLAIN, "timestamp": "2099-01-01T00:00:00Z"}, id="the future (XAPI-00022)"),
        pytest.param({**PLAIN, "id": "12345678-1234-5678-1234-567812345678"}, id="the id of Data 2.4's own example"),
        *[
            pytest.param(with_value(QUESTION_ALONE, "object.definition", {"interactionType": kind, **more}), id=kind)
            for QUESTION_ALONE in [{**PLAIN, "object": QUESTION}]
            for kind, more in INTERACTIONS.items()
        ],
    ],
)
def test_what_the_specification_allows_is_accepted(statement, version):
    before = copy.deepcopy(statement)
    check_statement(statement, version=version)
    assert statement == before


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", INTERACTIONS)
def test_components_of_another_interaction_may_stand_there_and_are_checked(kind, version):
    """The specification says which an interaction supports; tools send true and false as choices, or empty lists."""
    for name in ("choices", "scale", "source", "target", "steps"):
        statement = {**PLAIN, "object": {"id": "urn:x", "definition": {"interactionType": kind, name: [{"id": "a"}]}}}
        check_statement(statement, version=version)
        wrong = with_value(statement, f"object.definition.{name}", [{"id": "a"}, {"id": "a"}])
        assert refusal(wrong, version).path == f"object.definition.{name}"


@pytest.mark.parametrize("name", ["correctResponsesPattern", "choices", "scale", "source", "target", "steps"])
def test_interaction_says_its_type_xapi_00064(name):
    statement = {**PLAIN, "object": {"id": "urn:x", "definition": {name: []}}}
    assert refusal(statement, Version.V1).path == "object.definition.interactionType"


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("thing", [ADA, TEAM, REFERENCE, SUB_STATEMENT])
@pytest.mark.parametrize("name", ["revision", "platform"])
def test_only_activities_have_a_revision_and_a_platform_xapi_00084_00085(name, thing, version):
    statement = {**PLAIN, "object": thing, "context": {name: "7"}}
    assert refusal(statement, version).path == f"context.{name}"


@pytest.mark.parametrize("thing", [ADA, TEAM, REFERENCE])
def test_only_activities_have_a_platform_in_a_sub_statement_too_xapi_00085(thing):
    inner = {**PLAIN, "objectType": "SubStatement", "object": thing, "context": {"platform": "Moodle"}}
    assert refusal({**PLAIN, "object": inner}, Version.V2).path == "object.context.platform"


@pytest.mark.parametrize("version", Version)
def test_voiding_is_of_a_statement_xapi_00017(version):
    wrong = {**VOIDING, "object": LESSON}
    assert refusal(wrong, version).path == "object.objectType"
    inner = {**wrong, "objectType": "SubStatement"}
    assert refusal({**PLAIN, "object": inner}, version).path == "object.object.objectType"


@pytest.mark.parametrize("thing", [ADA, TEAM])
def test_agent_as_object_says_that_it_is_one_xapi_00065(thing):
    unsaid = {name: value for name, value in thing.items() if name != "objectType"}
    assert refusal({**PLAIN, "object": unsaid}, Version.V2).path == "object.objectType"


@pytest.mark.parametrize("path", ["context", "object.context"])
def test_agents_and_groups_of_the_context_are_of_version_2_alone(path):
    statement = with_value({**FULL, "object": SUB_STATEMENT, "context": {}}, path, INVOLVED)
    check_statement(statement, version=Version.V2)
    assert refusal(statement, Version.V1).path == f"{path}.contextAgents"


@pytest.mark.parametrize("prefix", ["context", "object.context"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("contextAgents", ADA),
        ("contextGroups", [TEAM]),
        ("contextAgents[0].objectType", "Should fail"),
        ("contextAgents[0].objectType", ABSENT),
        ("contextAgents[0].agent", {"key": "Should fail"}),
        ("contextAgents[0].agent", TEAM),
        ("contextAgents[0].agent", ABSENT),
        ("contextAgents[0].relevantTypes", []),
        ("contextAgents[0].relevantTypes", ["abc"]),
        ("contextAgents[0].key", "x"),
        ("contextGroups[0].objectType", "contextAgent"),
        ("contextGroups[0].group", {"key": "Should fail"}),
        ("contextGroups[0].group", ADA),
        ("contextGroups[0].group", ABSENT),
        ("contextGroups[0].member", [ADA]),
        ("contextGroups[0].relevantTypes", []),
        ("contextGroups[0].relevantTypes", ["abc"]),
    ],
)
def test_agents_and_groups_of_the_context_are_checked(prefix, path, value):
    statement = with_value({**FULL, "object": SUB_STATEMENT, "context": {}}, prefix, INVOLVED)
    place = f"{prefix}.{path}"
    assert refusal(with_value(statement, place, value), Version.V2).path.startswith(place)


@pytest.mark.parametrize(
    ("said", "versions"),
    [
        ("1.0", {*Version}),
        ("1.0.9", {*Version}),
        ("1.0.3-rc1", {*Version}),
        ("2.0.0", {Version.V2}),
        ("2.0", {Version.V2}),
    ],
)
def test_version_that_a_statement_names_is_one_that_is_spoken_xapi_00101(said, versions):
    """The suite for 2.0 still sends 1.0.x, and expects it to be taken."""
    statement = {**PLAIN, "version": said}
    for version in versions:
        check_statement(statement, version=version)
    for version in {*Version} - versions:
        assert refusal(statement, version).path == "version"


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        *[
            (tag, True)
            for tag in ("en", "cmn", "tlh", "de-DE", "es-419", "zh-Hant", "zh-Hans-CN", "sr-Latn-RS", "EN-us")
        ],
        *[
            (tag, True)
            for tag in ("zh-cmn-Hans-CN", "sl-rozaj-biske", "de-CH-1901", "hy-Latn-IT-arevela", "i-enochian")
        ],
        *[(tag, True) for tag in ("az-Arab-x-AZE-derbend", "x-whatever", "en-a-bbb-x-a-ccc", "en-GB-oed", "de-1996")],
        *[(tag, False) for tag in ("something", "a12345", "de-419-DE", "a-DE", "ar-a-aaa-b-bbb-a-ccc", "s-RS", "j-JP")],
        *[
            (tag, False)
            for tag in ("zh-z-aaa-z-bbb-c-ccc", "zh-something-ccc", "en_US", "", "en-", "-en", "x", "e", "12")
        ],
        *[(tag, False) for tag in ("de-1901-1901", "supercalifragilisticexpialidocious", "en-US-x", "ভা", "en\n")],
    ],
)
def test_language_tags_are_well_formed_as_rfc_5646_has_it_xapi_00013_00121(tag, good):
    assert is_language_tag(tag) is good


def test_equal_min_and_max_pass_because_tools_send_no_points_of_none():
    check_statement({**PLAIN, "result": {"score": {"min": 0, "raw": 0, "max": 0}}}, version=Version.V1)


def test_unknown_key_that_differs_in_case_is_spelled_out():
    assert refusal({**PLAIN, "Result": {}}, Version.V1).message == "Write “result”: upper and lower case matter."


@pytest.mark.parametrize("value", [None, 12, "x", [], True])
def test_what_is_no_object_is_no_statement(value):
    assert refusal(value, Version.V1).path == ""


def test_check_of_an_agent_alone_starts_at_its_own_path():
    with pytest.raises(InvalidStatement) as caught:
        check_agent({"mbox": "ada@example.org"}, "agent")
    assert caught.value.path == "agent.mbox"
    assert str(caught.value) == "agent.mbox: Write a mailto IRI, such as mailto:ada@example.org."


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)
PATHS = sorted({path for _, path, _ in REFUSED_IN_ALL} | {path for _, path, _ in REFUSED_IN_STATEMENTS})


@given(value=ANY_JSON, version=st.sampled_from(Version))
def test_no_value_brings_the_checks_down(value, version):
    assert refusal(value, version).message


@given(value=ANY_JSON | st.sampled_from([ADA, TEAM, LESSON, CONTEXT]), path=st.sampled_from(PATHS))
def test_no_value_in_a_statement_brings_the_checks_down(value, path):
    statement = with_value(FULL, path, value)
    try:
        check_statement(statement, version=Version.V2, path="statements[3]")
    except InvalidStatement as error:
        assert error.path.startswith("statements[3].")  # noqa: PT017  (some of these values are good ones)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("attachments[0].contentType", "a/b" + ";  " * 5_000 + "!"),
        ("attachments[0].contentType", "a/b" + "; a=b" * 5_000 + "("),
        ("context.language", "en" + "-abcde" * 5_000),
        ("result.duration", "PT" + "1" * 50_000 + "S"),
        ("result.duration", "P" + "1." * 50_000),
        ("timestamp", "2026-11-20T09:30:00." + "1" * 50_000 + "-00:00"),
        ("actor.mbox", "mailto:" + "a" * 50_000 + "@" + "b" * 50_000 + "@"),
        ("verb.id", "x:" + "y" * 50_000 + " "),
        ("object.definition.name", {"x-" + "a-" * 50_000: "x"}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_endless_is_judged_without_delay(path, value):
    """Over some of these a pattern that backtracks would sit for ever."""
    statement = with_value(FULL, path, value)
    error = refusal(statement, Version.V2)
    assert error.path.startswith(path)
    assert len(str(error)) < 300
