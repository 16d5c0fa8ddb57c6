"""What is known of an activity, from the statements that describe it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from ..xapi.contexts import context_activities
from .keys import definition_key

NEWEST = 20  # statements that are asked: what older ones alone say is forgotten
MAPS = ("name", "description", "extensions")  # joined, not replaced


def definition_of(activity_id: str) -> dict[str, Any] | None:
    """All that its newest descriptions say together; where two differ the newer one counts. None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.raw FROM activity_statementkey k JOIN activity_statement s ON s.position = k.position
            WHERE k.key = %s ORDER BY k.position DESC LIMIT %s""",
            [definition_key(activity_id), NEWEST],
        )
        found = [json.loads(raw) for (raw,) in cursor]
    described = [
        definition
        for statement in found
        for activity in activities_in(statement)
        if activity["id"] == activity_id and (definition := activity.get("definition")) is not None
    ]
    return merged(reversed(described)) if described else None


def merged(definitions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Later ones over earlier ones; languages and extensions are added to those that are there."""
    whole: dict[str, Any] = {}
    for definition in definitions:
        joined = {name: {**whole.get(name, {}), **definition[name]} for name in MAPS if name in definition}
        whole = {**whole, **definition, **joined}
    return whole


def activities_in(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The activities that a statement, or a statement within it, is about or names in its context."""
    object_ = statement["object"]
    kind = object_.get("objectType", "Activity")
    if kind == "Activity":
        yield object_
    elif kind == "SubStatement":
        yield from activities_in(object_)
    for activities in context_activities(statement.get("context", {})).values():
        yield from activities
