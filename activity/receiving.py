"""The one way in for statements, whichever door they came to: kept safe before anybody is told that they are."""

import uuid
from collections.abc import Iterable, Sequence

from .models import AccessKey
from .store.incoming import Incoming, IncomingAttachment
from .store.writing import store_statements
from .xapi.statements import ParsedStatement
from .xapi.versions import Version


def prepare(parsed: Iterable[ParsedStatement], *, version: Version, key: AccessKey | None) -> list[Incoming]:
    """Each with the id that it brought, else a new one: version 4, as a common client breaks on version 7."""
    return [
        Incoming(
            id=uuid.UUID(one.statement["id"]) if "id" in one.statement else uuid.uuid4(),
            statement=one.statement,
            raw=one.raw,
            version=version,
            key_id=key.pk if key else None,
        )
        for one in parsed
    ]


def receive(incoming: Sequence[Incoming], *, attachments: Sequence[IncomingAttachment] = ()) -> None:
    """Keep all of these statements, or none. When this returns they survive a crash of every process.

    A statement that is there already is accepted and not stored again. Raises StatementConflict.
    """
    store_statements(incoming, attachments=attachments)
