"""What finds a statement again: each thing that it is about as 64 bits, the hash of its kind and its text.

The last four bits are the kind, so that a verb and an activity with the same IRI are two keys.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from hashlib import blake2b
from itertools import chain
from typing import Any
from uuid import UUID

from ..xapi.contexts import context_activities
from ..xapi.identity import identifier_of

KIND_BITS = 15


class Kind(IntEnum):
    VERB = 1
    AGENT = 2  # the actor, or the object; and members of a group that is either
    RELATED_AGENT = 3  # anybody else that the specification counts as related
    ACTIVITY = 4  # the object
    RELATED_ACTIVITY = 5
    REGISTRATION = 6
    DEFINITION = 7  # an activity that the statement describes
    ACCOUNT_NAME = 8  # of the actor, whatever the account's home page


def verb_key(iri: str) -> int:
    return _key(Kind.VERB, iri)


def agent_key(identifier: str) -> int:
    """Of statements whose actor or object has this identifier (see xapi/identity.py), or has a member with it."""
    return _key(Kind.AGENT, identifier)


def related_agent_key(identifier: str) -> int:
    """Of statements in which the agent is found elsewhere, and so are not found by agent_key()."""
    return _key(Kind.RELATED_AGENT, identifier)


def activity_key(iri: str) -> int:
    return _key(Kind.ACTIVITY, iri)


def related_activity_key(iri: str) -> int:
    """Of statements in which the activity is found elsewhere than as the object."""
    return _key(Kind.RELATED_ACTIVITY, iri)


def registration_key(registration: str | UUID) -> int:
    return _key(Kind.REGISTRATION, str(registration).lower())


def definition_key(iri: str) -> int:
    return _key(Kind.DEFINITION, iri)


def account_name_key(name: str) -> int:
    return _key(Kind.ACCOUNT_NAME, name)


def keys_of(statement: dict[str, Any]) -> set[int]:
    """All the keys of a valid statement. The authority counts only as it stands in the statement."""
    actor, object_ = statement["actor"], statement["object"]
    keys = {verb_key(statement["verb"]["id"])}
    agents = set(_identifiers([actor]))
    activities: set[str] = set()
    described: set[str] = set()
    object_type = object_.get("objectType", "Activity")
    if object_type == "Activity":
        activities.add(object_["id"])
        if "definition" in object_:
            described.add(object_["id"])
    elif object_type in {"Agent", "Group"}:
        agents.update(_identifiers([object_]))
    context = statement.get("context", {})
    if "registration" in context:
        keys.add(registration_key(context["registration"]))
    if "account" in actor:
        keys.add(account_name_key(actor["account"]["name"]))

    related_agents, related_activities = set(_identifiers(_agents_of_context(context))), set()
    if "authority" in statement:
        related_agents.update(_identifiers([statement["authority"]]))
    in_context = [*chain.from_iterable(context_activities(context).values())]
    if object_type == "SubStatement":
        inner, inner_context = object_["object"], object_.get("context", {})
        related_agents.update(_identifiers([object_["actor"], *_agents_of_context(inner_context)]))
        in_context += chain.from_iterable(context_activities(inner_context).values())
        inner_type = inner.get("objectType", "Activity")
        if inner_type == "Activity":
            in_context.append(inner)
        elif inner_type in {"Agent", "Group"}:
            related_agents.update(_identifiers([inner]))
    for activity in in_context:
        related_activities.add(activity["id"])
        if "definition" in activity:
            described.add(activity["id"])

    keys.update(map(agent_key, agents))
    keys.update(map(activity_key, activities))
    keys.update(map(related_agent_key, related_agents - agents))
    keys.update(map(related_activity_key, related_activities - activities))
    keys.update(map(definition_key, described))
    return keys


def is_of_filter(key: int) -> bool:
    """Whether a statement that points at another is found by this key of the other's too."""
    return key & KIND_BITS not in {Kind.DEFINITION, Kind.ACCOUNT_NAME}


def _key(kind: Kind, text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) & ~KIND_BITS | kind


def _identifiers(agents: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Of these agents and groups, and of the members of the groups."""
    for agent in agents:
        for one in (agent, *agent.get("member", ())):
            identifier = identifier_of(one)
            if identifier is not None:
                yield identifier


def _agents_of_context(context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("instructor", "team"):
        if name in context:
            yield context[name]
    for one in context.get("contextAgents", ()):
        yield one["agent"]
    for one in context.get("contextGroups", ()):
        yield one["group"]
