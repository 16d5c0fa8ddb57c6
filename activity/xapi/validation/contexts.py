"""What surrounded it. Data 2.4.6."""

from typing import Any

from ..statements import InvalidStatement
from .activities import check_activity
from .actors import check_actor, check_agent, check_group
from .extensions import check_extensions
from .languages import check_language_tag
from .properties import Table, array_of, check_each, check_properties, exactly
from .references import check_reference
from .values import check_iri, check_string, check_uuid


def check_context_of_1(value: Any, path: str) -> None:
    """Data 2.4.6 of 1.0.3 (XAPI-00084 to XAPI-00092)."""
    check_properties(value, path, _OF_1)


def check_context_of_2(value: Any, path: str) -> None:
    """4.2.2.5 of 2.0: the same, and the agents and groups that had to do with it."""
    check_properties(value, path, _OF_2)


def _check_context_activities(value: Any, path: str) -> None:
    """Data 2.4.6.2: four kinds (XAPI-00093), each an array of activities, or one activity alone (XAPI-00094)."""
    check_properties(value, path, _CONTEXT_ACTIVITIES)


def _check_activities(value: Any, path: str) -> None:
    # 2.0 asks for arrays, but its owner's suite and 1.0.x senders still send one activity without brackets.
    if isinstance(value, dict):
        check_activity(value, path)
    else:
        check_each(value, path, check_activity)


def _check_context_agent(value: Any, path: str) -> None:
    """4.2.2.5 of 2.0: an agent, and the kinds of activity for which it matters."""
    check_properties(value, path, _CONTEXT_AGENT, required=("objectType", "agent"))


def _check_context_group(value: Any, path: str) -> None:
    """4.2.2.5 of 2.0: the same for a group."""
    check_properties(value, path, _CONTEXT_GROUP, required=("objectType", "group"))


def _check_relevant_types(value: Any, path: str) -> None:
    check_each(value, path, check_iri)
    if not value:
        raise InvalidStatement(path, "Name at least one type, or leave this out.")


_KINDS = ("parent", "grouping", "category", "other")
_CONTEXT_ACTIVITIES: Table = dict.fromkeys(_KINDS, _check_activities)
_CONTEXT_AGENT: Table = {
    "objectType": exactly("contextAgent"),
    "agent": check_agent,
    "relevantTypes": _check_relevant_types,
}
_CONTEXT_GROUP: Table = {
    "objectType": exactly("contextGroup"),
    "group": check_group,
    "relevantTypes": _check_relevant_types,
}
_OF_1: Table = {
    "registration": check_uuid,
    "instructor": check_actor,
    "team": check_group,
    "contextActivities": _check_context_activities,
    "revision": check_string,
    "platform": check_string,
    "language": check_language_tag,
    "statement": check_reference,
    "extensions": check_extensions,
}
_OF_2: Table = {
    **_OF_1,
    "contextAgents": array_of(_check_context_agent),
    "contextGroups": array_of(_check_context_group),
}
