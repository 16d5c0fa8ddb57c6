import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.tests.xapi_samples import (
    ABSENT,
    ADA,
    ATTACHMENT,
    BY_HASH,
    FULL,
    INVOLVED,
    NAMED_TEAM,
    PLAIN,
    SUB_STATEMENT,
    TEAM,
    VOIDING,
    with_value,
)
from activity.xapi.equality import same_statement

NESTED = {**PLAIN, "object": SUB_STATEMENT}
IN_TEAMS = {**PLAIN, "actor": TEAM, "context": INVOLVED}
TWO_ATTACHED = {**PLAIN, "attachments": [ATTACHMENT, {**ATTACHMENT, "length": 28}]}

SAME = [
    # Data 2.3.1: assigned by the store
    (FULL, "stored", ABSENT),
    (FULL, "stored", "2020-01-01T00:00:00Z"),
    (FULL, "authority", ADA),
    (FULL, "version", ABSENT),
    (FULL, "version", "1.0.0"),
    (FULL, "timestamp", ABSENT),
    (FULL, "id", ABSENT),
    # definitions of activities, the display of verbs
    (FULL, "object.definition", ABSENT),
    (FULL, "object.definition.name.en", "Another name"),
    (FULL, "object.definition.correctResponsesPattern", ["b"]),
    (FULL, "context.contextActivities.category[1].definition", ABSENT),
    (NESTED, "object.object.definition", ABSENT),
    (FULL, "verb.display", ABSENT),
    (NESTED, "object.verb.display.en", "replied"),
    # how times are written
    (FULL, "timestamp", "2026-11-20T15:30:00.123000+06:00"),
    (NESTED, "object.timestamp", "2026-11-20 09:30:00.123Z"),
    # lists without an order
    (IN_TEAMS, "actor.member", TEAM["member"][::-1]),
    (IN_TEAMS, "context.contextGroups[0].group.member", TEAM["member"][::-1]),
    (TWO_ATTACHED, "attachments", TWO_ATTACHED["attachments"][::-1]),
    # upper and lower case
    (FULL, "id", FULL["id"].upper()),
    (FULL, "context.registration", FULL["context"]["registration"].lower()),
    (FULL, "context.statement.id", FULL["context"]["statement"]["id"].upper()),
    (VOIDING, "object.id", VOIDING["object"]["id"].upper()),
    (FULL, "actor.mbox", "mailto:Ada@Example.ORG"),
    (IN_TEAMS, "actor.member[1].mbox_sha1sum", BY_HASH["mbox_sha1sum"].upper()),
    # what a store puts where nothing stood
    (FULL, "actor.objectType", ABSENT),
    (FULL, "object.objectType", ABSENT),
    (FULL, "context.contextActivities.other", [FULL["context"]["contextActivities"]["other"]]),
    # Data 4.6: nothing finer than hundredths of a second
    (FULL, "result.duration", "PT1M30.259S"),
    # numbers are what they are worth
    (FULL, "result.score.max", 10.0),
]
OTHER = [
    (VOIDING, "object.id", "00000000-0000-4000-8000-000000000000"),
    (FULL, "id", "00000000-0000-4000-8000-000000000000"),
    (FULL, "actor.mbox", "mailto:ben@example.org"),
    (FULL, "actor.name", "Ada L."),
    (FULL, "actor", {"mbox_sha1sum": BY_HASH["mbox_sha1sum"]}),
    (FULL, "verb.id", "https://example.org/verbs/Answered"),
    (FULL, "object.id", "https://example.org/lessons/2"),
    (FULL, "object", ADA),
    (FULL, "result", ABSENT),
    (FULL, "result.score.raw", 8),
    (FULL, "result.success", 1),
    (FULL, "result.success", ABSENT),
    (FULL, "result.duration", "PT90.25S"),
    (FULL, "result.duration", "PT1M30.26S"),
    (FULL, "result.response", "A"),
    (FULL, "result.extensions", {}),
    (FULL, "context", ABSENT),
    (FULL, "context.language", "bn"),
    (FULL, "context.contextActivities.parent", []),
    (FULL, "context.contextActivities.category", FULL["context"]["contextActivities"]["category"][::-1]),
    (FULL, "context.team", NAMED_TEAM | {"member": []}),
    (FULL, "timestamp", "2026-11-20T09:30:00.124Z"),
    (NESTED, "object.timestamp", ABSENT),
    (NESTED, "object.actor.mbox", "mailto:ben@example.org"),
    (FULL, "attachments", ABSENT),
    (FULL, "attachments[0].sha2", "f" * 64),
    (IN_TEAMS, "actor.member", TEAM["member"][1:]),
    (IN_TEAMS, "context.contextAgents[0].relevantTypes", ["urn:other"]),
]


@pytest.mark.parametrize(("sample", "path", "value"), SAME, ids=str)
def test_difference_that_does_not_count_leaves_the_statement_the_same(sample, path, value):
    changed = with_value(sample, path, value)
    assert same_statement(sample, changed)
    assert same_statement(changed, sample)


@pytest.mark.parametrize(("sample", "path", "value"), OTHER, ids=str)
def test_any_other_difference_makes_another_statement(sample, path, value):
    changed = with_value(sample, path, value)
    assert not same_statement(sample, changed)
    assert not same_statement(changed, sample)


def test_nothing_that_is_compared_is_changed():
    before = json.dumps(IN_TEAMS)
    assert same_statement(IN_TEAMS, IN_TEAMS)
    assert json.dumps(IN_TEAMS) == before


@pytest.mark.parametrize(("one", "other"), [(True, 1), (False, 0), (None, False), ("1", 1), ([], {}), ([1], [1, 1])])
def test_values_of_extensions_are_compared_as_json_has_them(one, other):
    this = {**PLAIN, "result": {"extensions": {"urn:x": [one]}}}
    assert not same_statement(this, {**PLAIN, "result": {"extensions": {"urn:x": [other]}}})
    assert same_statement(this, json.loads(json.dumps(this)))


@given(order=st.permutations(list(FULL)))
def test_order_of_properties_never_counts(order):
    assert same_statement(FULL, {name: FULL[name] for name in order})
