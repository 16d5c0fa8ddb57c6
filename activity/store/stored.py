"""A statement as the record gives it back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings

from ..models import AccessKey
from ..xapi.times import in_utc
from ..xapi.versions import Version
from .positions import stored_at

OUR_NAME = "engagement"  # who vouches for history that came without a key and names nobody
COLUMNS = "s.position, s.statement_id, s.raw, s.version, s.key_id"
VERSION_IF_ABSENT = {Version.V1.value: "1.0.0", Version.V2.value: "2.0.0"}


@dataclass(frozen=True)
class StoredStatement:
    position: int
    id: UUID
    raw: str
    version: str
    key_id: int | None
    username: str | None  # of the access key

    @cached_property
    def stored(self) -> datetime:
        return stored_at(self.position)

    def exact(self) -> dict[str, Any]:
        """As it was received, with what the record sets itself: id, stored, authority, and absent time and version.

        Who sends with a key is taken at nobody's word but the key's: the specification has the authority that a sender
        names replaced, unless senders are trusted. Imported history keeps the one that it names.
        """
        statement = json.loads(self.raw)
        statement["id"] = str(self.id)
        statement["stored"] = written_time(self.stored)
        statement["timestamp"] = in_utc(statement.get("timestamp", statement["stored"]))
        statement.setdefault("version", VERSION_IF_ABSENT[self.version])
        if self.username is not None or "authority" not in statement:
            statement["authority"] = authority_of(self.username or OUR_NAME)
        return statement


def authority_of(username: str) -> dict[str, Any]:
    """The agent that an access key is in statements."""
    return {"objectType": "Agent", "account": {"homePage": settings.SITE_URL, "name": username}}


def written_time(moment: datetime) -> str:
    """In UTC, to the millisecond: 2026-11-20T09:30:00.000Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_rows(rows: Iterable[Sequence[Any]]) -> list[StoredStatement]:
    """From rows of COLUMNS."""
    rows = list(rows)
    ids = {key_id for *_, key_id in rows if key_id is not None}
    usernames = dict(AccessKey.objects.filter(pk__in=ids).values_list("pk", "username")) if ids else {}
    return [
        StoredStatement(
            position, id_ if isinstance(id_, UUID) else UUID(id_), raw, version, key_id, usernames.get(key_id)
        )
        for position, id_, raw, version, key_id in rows
    ]
