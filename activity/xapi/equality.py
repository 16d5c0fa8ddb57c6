"""Whether two statements are the same statement. Data 2.3.1: statement comparison requirements."""

import json
import re
from collections.abc import Callable
from typing import Any

from .contexts import context_activities
from .times import read_timestamp

_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+(?=S$)")
SET_BY_THE_STORE = frozenset({"stored", "authority", "version"})  # whatever a sender wrote there


def same_statement(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether all differences between two valid statements are such as do not count.

    These are: what a store sets, or may set where it was left out (id, timestamp); definitions of activities and the
    display of verbs; the form of a timestamp; the order of a group's members and of attachments; upper and lower case
    in UUIDs, addresses and hashes; one context activity alone or in an array; thousandths of a second in a duration
    (Data 4.6), which otherwise counts as it is written.
    """
    one, other = _substance(a), _substance(b)
    for name in ("id", "timestamp"):
        if name not in one or name not in other:
            one.pop(name, None)
            other.pop(name, None)
    return _same(one, other)


def _same(a: Any, b: Any) -> bool:
    """Equality as JSON has it: true is not 1, as it is in Python."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(value, b[name]) for name, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _substance(statement: dict[str, Any]) -> dict[str, Any]:
    """What counts of a statement or sub-statement, in one form."""
    return {
        name: _SUBSTANCE[name](value) if name in _SUBSTANCE else value
        for name, value in statement.items()
        if name not in SET_BY_THE_STORE
    }


def _lowered(text: str) -> str:
    return text.lower()


def _unordered(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))


def _substance_of_result(result: dict[str, Any]) -> dict[str, Any]:
    if "duration" not in result:
        return result
    return {**result, "duration": _BEYOND_HUNDREDTHS.sub(r"\1", result["duration"])}


def _substance_of_actor(actor: dict[str, Any]) -> dict[str, Any]:
    substance = {"objectType": "Agent", **actor}
    for name in ("mbox", "mbox_sha1sum"):
        if name in substance:
            substance[name] = substance[name].lower()
    if "member" in substance:
        substance["member"] = _unordered([_substance_of_actor(member) for member in substance["member"]])
    return substance


def _substance_of_object(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _substance_of_actor(value)
    if kind == "SubStatement":
        return _substance(value)
    if kind == "StatementRef":
        return _substance_of_reference(value)
    return {"objectType": "Activity", "id": value["id"]}


def _substance_of_reference(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "id": value["id"].lower()}


def _substance_of_context(context: dict[str, Any]) -> dict[str, Any]:
    return {name: _CONTEXT[name](value) if name in _CONTEXT else value for name, value in context.items()}


def _substance_of_activities(kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        kind: [_substance_of_object(activity) for activity in activities]
        for kind, activities in context_activities({"contextActivities": kinds}).items()
    }


def _substance_of_involved(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Context agents and context groups, of 2.0."""
    return [
        {name: _substance_of_actor(inside) if name in ("agent", "group") else inside for name, inside in value.items()}
        for value in values
    ]


_CONTEXT: dict[str, Callable[[Any], Any]] = {
    "registration": _lowered,
    "instructor": _substance_of_actor,
    "team": _substance_of_actor,
    "contextActivities": _substance_of_activities,
    "contextAgents": _substance_of_involved,
    "contextGroups": _substance_of_involved,
    "statement": _substance_of_reference,
}
_SUBSTANCE: dict[str, Callable[[Any], Any]] = {
    "id": _lowered,
    "actor": _substance_of_actor,
    "verb": lambda verb: verb["id"],
    "object": _substance_of_object,
    "result": _substance_of_result,
    "context": _substance_of_context,
    "timestamp": read_timestamp,
    "attachments": _unordered,
}
