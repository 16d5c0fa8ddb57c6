"""Whatever the checks accept, everything behind them can work with: statements made up at random, within the rules."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from activity.events import read_event
from activity.store.keys import keys_of
from activity.store.references import reference_of
from activity.xapi.equality import same_statement
from activity.xapi.formats import canonical, ids_only, with_arrays
from activity.xapi.parsing import read_statements
from activity.xapi.times import in_utc, read_timestamp
from activity.xapi.validation import check_statement
from activity.xapi.verbs import VOIDED
from activity.xapi.versions import Version

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
IRIS = st.sampled_from(["https://example.org/x", "urn:x", "tag:a.org,2026:b#c", "x:[y]%", "https://example.org/পাঠ?a=b"])
UUIDS = st.uuids().map(str) | st.uuids().map(lambda one: str(one).upper())
TAGS = st.sampled_from(["en", "en-US", "bn-BD", "zh-Hant", "sl-rozaj-biske", "x-whatever", "i-klingon"])
MAPS = st.dictionaries(TAGS, TEXTS, min_size=1, max_size=2)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | NUMBERS | TEXTS | st.just("\0") | st.lists(TEXTS, max_size=1) | st.just({"a": {}})
EXTENSIONS = st.dictionaries(IRIS, VALUES, max_size=1)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.none() | OFFSETS)
TIMES = MOMENTS.map(datetime.isoformat) | st.sampled_from(["2026-11-20", "20261120T12Z", "2016-12-31T23:59:60Z"])
DURATIONS = st.sampled_from(["PT0S", "P4W", "P1Y2M3DT4H5M6.789S", "PT99999999999999999999S", "P0,5D"])
MAILBOXES = st.sampled_from(["mailto:ada@example.org", "mailto:A.B+c@EXAMPLE.org", "mailto:আ@উদাহরণ.বাংলা"])
HASHES = st.text("0123456789abcdefABCDEF", min_size=40, max_size=40)


def some(**strategies):
    """Each of these, or not."""
    return st.fixed_dictionaries({}, optional=strategies)


@st.composite
def identifiers(draw):
    kind = draw(st.sampled_from(["mbox", "mbox_sha1sum", "openid", "account"]))
    account = st.fixed_dictionaries({"homePage": IRIS, "name": TEXTS})
    return {kind: draw({"mbox": MAILBOXES, "mbox_sha1sum": HASHES, "openid": IRIS, "account": account}[kind])}


@st.composite
def agents(draw, *, said=False):
    return {**draw(identifiers()), **draw(some(name=TEXTS)), **({"objectType": "Agent"} if said else {})}


@st.composite
def groups(draw):
    group = {"objectType": "Group", **draw(some(name=TEXTS))}
    if draw(st.booleans()):
        return {**group, **draw(identifiers()), **draw(some(member=st.lists(agents(), max_size=2)))}
    return {**group, "member": draw(st.lists(agents(), min_size=1, max_size=2))}


def actors():
    return agents() | groups()


@st.composite
def definitions(draw):
    said = draw(some(name=MAPS, description=MAPS, type=IRIS, moreInfo=IRIS, extensions=EXTENSIONS))
    components = st.lists(
        st.fixed_dictionaries({"id": TEXTS}, optional={"description": MAPS}),
        max_size=2,
        unique_by=lambda one: one["id"],
    )
    kind, names = draw(st.sampled_from([(None, ()), ("choice", ("choices",)), ("matching", ("source", "target"))]))
    lists = {name: draw(components) for name in names}
    return {
        **said,
        **({"interactionType": kind, "correctResponsesPattern": draw(st.lists(TEXTS))} if kind else {}),
        **lists,
    }


@st.composite
def activities(draw):
    return {"id": draw(IRIS), **draw(some(objectType=st.just("Activity"), definition=definitions()))}


@st.composite
def references(draw):
    return {"objectType": "StatementRef", "id": draw(UUIDS)}


@st.composite
def results(draw):
    low, raw, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    scores = [
        {},
        {"raw": raw},
        {"min": low, "raw": raw, "max": high},
        {"scaled": draw(st.floats(-1, 1))},
        {"scaled": 1},
    ]
    score = draw(st.sampled_from(scores))
    said = some(success=st.booleans(), completion=st.booleans(), response=TEXTS, duration=DURATIONS)
    return {**draw(said), **draw(some(score=st.just(score), extensions=EXTENSIONS))}


@st.composite
def contexts(draw, *, of_activity):
    kinds = dict.fromkeys(
        ("parent", "grouping", "category", "other"), activities() | st.lists(activities(), max_size=2)
    )
    found = draw(
        some(
            registration=UUIDS,
            instructor=actors(),
            team=groups(),
            contextActivities=some(**kinds),
            language=TAGS,
            statement=references(),
            extensions=EXTENSIONS,
        )
    )
    if draw(st.booleans()):
        found["contextAgents"] = [
            {"objectType": "contextAgent", "agent": draw(agents()), "relevantTypes": [draw(IRIS)]}
        ]
        found["contextGroups"] = [{"objectType": "contextGroup", "group": draw(groups())}]
    return {**found, **(draw(some(revision=TEXTS, platform=TEXTS)) if of_activity else {})}


@st.composite
def happenings(draw, *, nested=False):
    kinds = [
        "activity",
        "activity",
        "agent",
        "group",
        "reference",
        "voiding",
        *([] if nested else ["sub-statement"] * 2),
    ]
    kind = draw(st.sampled_from(kinds))
    objects = {"activity": activities(), "agent": agents(said=True), "group": groups()}
    verb = {"id": VOIDED} if kind == "voiding" else {"id": draw(IRIS), **draw(some(display=MAPS))}
    if kind == "sub-statement":
        found = {"objectType": "SubStatement", **draw(happenings(nested=True))}
    else:
        found = draw(objects.get(kind, references()))
    more = some(result=results(), context=contexts(of_activity=kind == "activity"), timestamp=TIMES)
    return {"actor": draw(actors()), "verb": verb, "object": found, **draw(more)}


@st.composite
def statements(draw):
    versions = st.sampled_from(["1.0", "1.0.3", "2.0.0"])
    return {**draw(happenings()), **draw(some(id=UUIDS, stored=TIMES, authority=agents(), version=versions))}


@given(statement=statements())
def test_statement_that_is_accepted_can_be_read_compared_and_found(statement):
    text = json.dumps(statement, ensure_ascii=False)
    (parsed,) = read_statements(text.encode(), version=Version.V2)
    assert parsed.raw == text
    assert same_statement(parsed.statement, statement)
    assert all(-(2**63) <= key < 2**63 for key in keys_of(statement))
    reference_of(statement)
    event = read_event(statement, NOW)
    assert event is None or event.occurred_at.utcoffset() == timedelta(0)


@given(statement=statements(), languages=st.lists(TAGS, max_size=2))
def test_every_format_of_a_statement_is_a_statement_and_the_same(statement, languages):
    arrays = with_arrays(statement)
    shown = [ids_only(arrays), canonical(arrays, languages, lambda activity_id: None)]
    for one in (arrays, *shown):
        check_statement(one, version=Version.V2)
        assert same_statement(with_arrays(one), one)
    assert same_statement(arrays, statement)
    assert same_statement(shown[1], statement)


@given(time=TIMES)
def test_time_given_back_is_the_time_that_was_sent(time):
    assert in_utc(time).endswith("Z")
    assert read_timestamp(in_utc(time)) == read_timestamp(time)
