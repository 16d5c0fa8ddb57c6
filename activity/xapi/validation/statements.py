"""Whole statements. Data 2.4."""

import re
from typing import Any

from ..statements import InvalidStatement
from ..verbs import VOIDED
from ..versions import Version
from .activities import check_activity
from .actors import check_actor, check_agent, check_authority, check_group
from .attachments import check_attachments
from .contexts import check_context_1, check_context_2
from .languages import check_language_map
from .objects import Check, check_properties, exactly, within
from .references import check_reference
from .results import check_result
from .values import check_iri, check_timestamp, check_uuid

_REQUIRED = ("actor", "verb", "object")
_REQUIRED_OF_SUB_STATEMENT = (*_REQUIRED, "objectType")
_VERSION_1 = re.compile(r"1\.0(?:\.[0-9A-Za-z.+-]*)?")
_VERSION_1_OR_2 = re.compile(r"[12]\.0(?:\.[0-9A-Za-z.+-]*)?")


def check_statement(statement: Any, *, version: Version, path: str = "") -> None:
    """Raises InvalidStatement unless this is a statement of this version; `path` is where it was in what was sent."""
    check_properties(statement, path, _STATEMENTS[version], required=_REQUIRED)
    _check_voiding(statement, path)
    _check_context_suits_object(statement, path)


def check_verb(value: Any, path: str) -> None:
    """Data 2.4.3: known by its IRI (XAPI-00044), shown in words (XAPI-00045)."""
    check_properties(value, path, _VERB, required=("id",))


def _check_voiding(statement: dict[str, Any], path: str) -> None:
    """Data 2.3.2: what voids a statement points at it (XAPI-00017)."""
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        raise InvalidStatement(within(path, "object.objectType"), "Write “StatementRef”: voiding is of a statement.")


def _check_context_suits_object(statement: dict[str, Any], path: str) -> None:
    """Data 2.4.6: only an activity has a revision and a platform (XAPI-00084, XAPI-00085)."""
    context = statement.get("context")
    if context and statement["object"].get("objectType", "Activity") != "Activity":
        for name in ("revision", "platform"):
            if name in context:
                raise InvalidStatement(within(path, f"context.{name}"), "Leave this out: the object is no activity.")


def _check_object(value: Any, path: str, sub_statement: Check | None) -> None:
    """Data 2.4.4: an activity, unless it says that it is something else (XAPI-00046)."""
    if isinstance(value, dict) and value and "objectType" not in value and "id" not in value:  # XAPI-00065, XAPI-00073
        raise InvalidStatement(within(path, "objectType"), "Add this property, or if this is an activity its id.")
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else "Activity"
    if kind == "SubStatement" and sub_statement is None:  # Data 2.4.4.3: not within one another (XAPI-00071)
        raise InvalidStatement(path, "Write no sub-statement in a sub-statement.")
    check = sub_statement if kind == "SubStatement" else _OBJECTS.get(kind) if isinstance(kind, str) else None
    if check is None:
        words = "Activity, Agent, Group, StatementRef or SubStatement"
        raise InvalidStatement(within(path, "objectType"), f"Write {words}, in this spelling.")
    check(value, path)


def _check_sub_statement_1(value: Any, path: str) -> None:
    _check_sub_statement(value, path, Version.V1)


def _check_sub_statement_2(value: Any, path: str) -> None:
    _check_sub_statement(value, path, Version.V2)


def _check_sub_statement(value: Any, path: str, version: Version) -> None:
    """Data 2.4.4.3: a statement with no id, stored, version or authority of its own (XAPI-00066 to XAPI-00070)."""
    check_properties(value, path, _SUB_STATEMENTS[version], required=_REQUIRED_OF_SUB_STATEMENT)
    _check_voiding(value, path)
    _check_context_suits_object(value, path)


def _check_version_1(value: Any, path: str) -> None:
    """Data 2.4.10: whatever begins with 1.0 (XAPI-00101)."""
    if not isinstance(value, str) or not _VERSION_1.fullmatch(value):
        raise InvalidStatement(path, "Write 1.0.3, or leave this out.")


def _check_version_2(value: Any, path: str) -> None:
    """4.2.4.3 of 2.0: its own, and still those of 1.0, which the owner's suite for 2.0 sends."""
    if not isinstance(value, str) or not _VERSION_1_OR_2.fullmatch(value):
        raise InvalidStatement(path, "Write 2.0.0, or leave this out.")


_VERB: dict[str, Check] = {"id": check_iri, "display": check_language_map}
_OBJECTS: dict[str, Check] = {
    "Activity": check_activity,
    "Agent": check_agent,
    "Group": check_group,
    "StatementRef": check_reference,
}
_IN_BOTH: dict[str, Check] = {
    "actor": check_actor,
    "verb": check_verb,
    "result": check_result,
    "timestamp": check_timestamp,
    "attachments": check_attachments,
}
_SUB_STATEMENT: dict[str, Check] = {
    **_IN_BOTH,
    "objectType": exactly("SubStatement"),
    "object": lambda value, path: _check_object(value, path, None),
}
_SUB_STATEMENTS: dict[Version, dict[str, Check]] = {
    Version.V1: {**_SUB_STATEMENT, "context": check_context_1},
    Version.V2: {**_SUB_STATEMENT, "context": check_context_2},
}
_STATEMENT: dict[str, Check] = {**_IN_BOTH, "id": check_uuid, "stored": check_timestamp, "authority": check_authority}
_STATEMENTS: dict[Version, dict[str, Check]] = {
    Version.V1: {
        **_STATEMENT,
        "object": lambda value, path: _check_object(value, path, _check_sub_statement_1),
        "context": check_context_1,
        "version": _check_version_1,
    },
    Version.V2: {
        **_STATEMENT,
        "object": lambda value, path: _check_object(value, path, _check_sub_statement_2),
        "context": check_context_2,
        "version": _check_version_2,
    },
}
