"""Statements for tests of the record, each with only what matters."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from activity.store.incoming import Incoming
from activity.xapi.verbs import VOIDED
from activity.xapi.versions import Version

ADA = {"mbox": "mailto:ada@example.org"}
BEN = {"mbox": "mailto:ben@example.org"}
ATTENDED = "https://example.org/verbs/attended"
LESSON = "https://example.org/lessons/1"


def statement_of(*, actor: Any = ADA, verb: str = ATTENDED, activity: str = LESSON, **more: Any) -> dict[str, Any]:
    return {"actor": actor, "verb": {"id": verb}, "object": {"id": activity}, **more}


def pointing_at(target: uuid.UUID, *, voids: bool = False, actor: Any = BEN, verb: str = "") -> dict[str, Any]:
    """A statement about another one."""
    verb = VOIDED if voids else verb or "https://example.org/verbs/confirmed"
    return statement_of(actor=actor, verb=verb, object={"objectType": "StatementRef", "id": str(target)})


def incoming_of(
    statement: dict[str, Any] | None = None,
    *,
    id: uuid.UUID | None = None,  # noqa: A002
    position: int | None = None,
    key_id: int | None = None,
    version: Version = Version.V1,
) -> Incoming:
    statement = statement or statement_of()
    return Incoming(id or uuid.uuid4(), statement, json.dumps(statement), version, key_id, position)


def ids_of(statements: Sequence[Any]) -> list[uuid.UUID]:
    return [one.id for one in statements]
