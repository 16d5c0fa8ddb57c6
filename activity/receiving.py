"""The one way in for statements, whichever door they came to: kept safe before anybody is told that they are."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from enum import StrEnum

from django.conf import settings

from .models import AccessKey
from .modes import Mode
from .store.incoming import Incoming, IncomingAttachment
from .store.writing import store_statements
from .streaming.connection import StreamUnavailable
from .streaming.queueing import fits, queue_statements, refuse_conflicts
from .xapi.statements import ParsedStatement
from .xapi.versions import Version

log = logging.getLogger(__name__)


class Kept(StrEnum):
    STORED = "stored"
    QUEUED = "queued"


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


def receive(
    incoming: Sequence[Incoming], *, attachments: Sequence[IncomingAttachment] = (), mode: Mode | None = None
) -> Kept:
    """Keep all of these statements, or none. When this returns they survive a crash of every process of ours.

    In the database, or with Mode.STREAMING in the stream, whose own promise is in streaming/promises.py; in the
    database, too, when the stream does not take them. The mode is the setting's unless given. A statement that is there
    already is accepted and not stored again. Raises StatementConflict.
    """
    if (mode or settings.ETL_MODE) == Mode.STREAMING and incoming:
        try:
            # Attachments stay out of Redis: they may be large, and its memory is for what waits a moment.
            if not attachments and fits(incoming):
                queue_statements(incoming)
                return Kept.QUEUED
            refuse_conflicts(incoming)
        except StreamUnavailable:
            log.debug("Past the stream into the database")
    store_statements(incoming, attachments=attachments)
    return Kept.STORED
