import copy

import pytest

from activity.tests.xapi_samples import (
    ADA,
    BY_ACCOUNT,
    BY_HASH,
    BY_OPENID,
    FULL,
    INVOLVED,
    LESSON,
    NAMED_TEAM,
    PLAIN,
    REFERENCE,
    SUB_STATEMENT,
    TEAM,
    VERB,
)
from activity.xapi.formats import canonical, ids_only, with_arrays

ADA_ALONE = {"objectType": "Agent", "mbox": ADA["mbox"]}
TEAM_ALONE = {"objectType": "Group", "member": [ADA_ALONE, BY_HASH, BY_OPENID, BY_ACCOUNT]}
MATCHING = {
    "interactionType": "matching",
    "source": [{"id": "a", "description": {"en": "one", "bn": "এক"}}, {"id": "b"}],
    "target": [{"id": "1", "description": {"de": "eins"}}],
}


def unknown(activity_id):
    return None


def test_ids_leave_only_what_identifies_xapi_00171():
    found = ids_only(FULL)
    assert found["actor"] == ADA_ALONE
    assert found["verb"] == {"id": VERB["id"]}
    assert found["object"] == {"id": LESSON["id"]}
    assert found["authority"] == {"objectType": "Group", "member": [BY_ACCOUNT, ADA_ALONE]}
    assert found["context"]["instructor"] == BY_ACCOUNT
    assert found["context"]["team"] == {"objectType": "Group", "mbox": NAMED_TEAM["mbox"]}
    assert found["context"]["contextActivities"] == {
        "parent": [{"id": LESSON["id"]}],
        "grouping": [],
        "category": [{"id": "https://example.org/profiles/quiz"}, {"id": LESSON["id"]}],
        "other": {"id": LESSON["id"]},
    }


def test_ids_leave_everything_else_as_it_is():
    found = ids_only(FULL)
    changed = {"actor", "verb", "object", "authority", "context"}
    assert {name: found[name] for name in FULL if name not in changed} == {
        name: FULL[name] for name in FULL if name not in changed
    }
    for name in ("registration", "revision", "platform", "language", "statement", "extensions"):
        assert found["context"][name] == FULL["context"][name]


def test_ids_name_the_members_of_a_group_that_has_no_identifier():
    assert ids_only({**PLAIN, "actor": TEAM})["actor"] == TEAM_ALONE


@pytest.mark.parametrize(("thing", "left"), [(ADA, ADA_ALONE), (TEAM, TEAM_ALONE), (REFERENCE, REFERENCE)])
def test_ids_reduce_any_kind_of_object(thing, left):
    assert ids_only({**PLAIN, "object": thing})["object"] == left


def test_ids_reduce_a_sub_statement_within():
    inner = ids_only({**PLAIN, "object": SUB_STATEMENT})["object"]
    assert inner["objectType"] == "SubStatement"
    assert inner["actor"] == ADA_ALONE
    assert inner["object"] == {"id": LESSON["id"]}
    assert inner["context"]["contextActivities"]["parent"] == [{"id": LESSON["id"]}]


def test_ids_reduce_agents_and_groups_of_the_context():
    context = ids_only({**PLAIN, "context": INVOLVED})["context"]
    assert context["contextAgents"][0] == {**INVOLVED["contextAgents"][0], "agent": ADA_ALONE}
    assert context["contextGroups"][0] == {**INVOLVED["contextGroups"][0], "group": TEAM_ALONE}


def test_canonical_speaks_one_language_xapi_00172():
    found = canonical(FULL, ["bn-BD", "zh"], unknown)
    assert found["verb"]["display"] == {"bn": VERB["display"]["bn"]}
    definition = found["object"]["definition"]
    assert definition["name"] == {"en": "Which one?"}
    assert definition["description"] == {"zh-Hant": "選"}
    assert definition["choices"] == [{"id": "a", "description": {"en": "The first"}}, {"id": "b"}]
    assert found["context"]["contextActivities"]["category"][1]["definition"]["description"] == {"zh-Hant": "選"}
    assert found["actor"] == FULL["actor"]
    assert found["attachments"] == FULL["attachments"]


def test_canonical_definition_stands_before_the_statements_own():
    def known(activity_id):
        return MATCHING if activity_id == LESSON["id"] else None

    for statement in (FULL, PLAIN):
        found = canonical(statement, ["bn"], known)
        assert found["object"]["definition"] == {
            "interactionType": "matching",
            "source": [{"id": "a", "description": {"bn": "এক"}}, {"id": "b"}],
            "target": [{"id": "1", "description": {"de": "eins"}}],
        }


def test_canonical_reaches_into_sub_statements():
    inner = canonical({**PLAIN, "object": SUB_STATEMENT}, ["zh"], unknown)["object"]
    assert inner["verb"]["display"] == {"en": "answered"}
    assert inner["object"]["definition"]["description"] == {"zh-Hant": "選"}


@pytest.mark.parametrize("thing", [ADA, TEAM, REFERENCE, {"id": "urn:x"}])
def test_canonical_leaves_what_has_no_words(thing):
    statement = {"actor": ADA, "verb": {"id": "urn:v"}, "object": thing}
    assert canonical(statement, ["en"], unknown) == statement


def test_lone_context_activity_is_given_back_in_an_array_xapi_00096():
    alone = {"contextActivities": {"parent": LESSON, "grouping": [LESSON], "other": []}, "language": "en"}
    in_arrays = {"contextActivities": {"parent": [LESSON], "grouping": [LESSON], "other": []}, "language": "en"}
    assert with_arrays({**PLAIN, "context": alone}) == {**PLAIN, "context": in_arrays}
    nested = {**PLAIN, "object": {**SUB_STATEMENT, "context": alone}}
    assert with_arrays(nested)["object"] == {**SUB_STATEMENT, "context": in_arrays}
    assert with_arrays(PLAIN) == PLAIN


@pytest.mark.parametrize("change", [ids_only, with_arrays, lambda one: canonical(one, ["en"], unknown)])
def test_what_is_passed_in_stays_as_it_was(change):
    statement = {**FULL, "object": SUB_STATEMENT, "context": {**FULL["context"], **INVOLVED}}
    before = copy.deepcopy(statement)
    assert change(statement) is not statement
    assert statement == before
