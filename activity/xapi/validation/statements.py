"""Whole statements. Data 2.4."""

import re
from typing import Any

from ..statements import InvalidStatement
from ..verbs import VOIDED
from ..versions import Version
from .activities import check_activity
from .actors import check_actor, check_agent, check_authority, check_group
from .attachments import check_attachments
from .contexts import check_context_of_1, check_context_of_2
from .languages import check_language_map
from .properties import Check, Table, check_properties, exactly, within
from .references import check_reference
from .results import check_result
from .values import check_iri, check_timestamp, check_uuid

_REQUIRED = ("actor", "verb", "object")
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


def _check_version_1(value: Any, path: str) -> None:
    """Data 2.4.10: whatever begins with 1.0 (XAPI-00101)."""
    if not isinstance(value, str) or not _VERSION_1.fullmatch(value):
        raise InvalidStatement(path, "Write 1.0.3, or leave this out.")


def _check_version_2(value: Any, path: str) -> None:
    """4.2.4.3 of 2.0: its own, and still those of 1.0, which the owner's suite for 2.0 sends."""
    if not isinstance(value, str) or not _VERSION_1_OR_2.fullmatch(value):
        raise InvalidStatement(path, "Write 2.0.0, or leave this out.")


def _object_of(kinds: Table) -> Check:
    """The check of an object: an activity, unless it says that it is another of these kinds (XAPI-00046)."""

    def check_object(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise InvalidStatement(path, "Write an object.")
        if value and "objectType" not in value and "id" not in value:  # XAPI-00065, XAPI-00073
            raise InvalidStatement(within(path, "objectType"), "Add this property, or if this is an activity its id.")
        kind = value.get("objectType", "Activity")
        if not isinstance(kind, str) or kind not in kinds:
            raise InvalidStatement(within(path, "objectType"), f"Write one of {', '.join(kinds)}, in this spelling.")
        kinds[kind](value, path)

    return check_object


def _sub_statement_of(shared: Table) -> Check:
    """The check of a sub-statement: a statement, without what only stored ones have (XAPI-00066 to XAPI-00071)."""
    table = {**shared, "objectType": exactly("SubStatement"), "object": _object_of(_KINDS)}

    def check_sub_statement(value: Any, path: str) -> None:
        check_properties(value, path, table, required=("objectType", *_REQUIRED))
        _check_voiding(value, path)
        _check_context_suits_object(value, path)

    return check_sub_statement


def _statement_of(*, context: Check, version: Check) -> Table:
    shared: Table = {
        "actor": check_actor,
        "verb": check_verb,
        "result": check_result,
        "context": context,
        "timestamp": check_timestamp,
        "attachments": check_attachments,
    }
    return {
        **shared,
        "object": _object_of({**_KINDS, "SubStatement": _sub_statement_of(shared)}),
        "id": check_uuid,
        "stored": check_timestamp,
        "authority": check_authority,
        "version": version,
    }


_VERB: Table = {"id": check_iri, "display": check_language_map}
_KINDS: Table = {
    "Activity": check_activity,
    "Agent": check_agent,
    "Group": check_group,
    "StatementRef": check_reference,
}
_STATEMENTS = {
    Version.V1: _statement_of(context=check_context_of_1, version=_check_version_1),
    Version.V2: _statement_of(context=check_context_of_2, version=_check_version_2),
}
