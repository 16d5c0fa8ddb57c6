"""Statements into the stream, at the door."""

import json
import logging
import time
import uuid
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from redis import Redis

from ..models import Statement
from ..store.incoming import Incoming, StatementConflict
from ..xapi.equality import same_statement
from .connection import StreamUnavailable, stream
from .entries import fields_of
from .promises import may_evict
from .scripts import APPEND, GROUP, STREAM, WAITING, id_key
from .state import config_of

log = logging.getLogger(__name__)

# One script holds up all of Redis while it runs: what is larger goes to the database, which was made for it.
MOST_STATEMENTS = 1_000
MOST_CHARACTERS = 4_000_000


def fits(incoming: Sequence[Incoming]) -> bool:
    return len(incoming) <= MOST_STATEMENTS and sum(len(one.raw) for one in incoming) <= MOST_CHARACTERS


def queue_statements(incoming: Sequence[Incoming]) -> None:
    """Append all of these, or none; those that wait or are stored already count as appended.

    Raises StatementConflict, and StreamUnavailable (then nobody knows whether they were appended: store them; an entry
    that turns up later is found to be stored).
    """
    left = _without(incoming, _stored_among(incoming))
    gone: set[uuid.UUID] = set()
    while left:
        waiting = _append(left, gone)
        if waiting is None:
            return
        left = _without(left, {known: raw for known, raw in waiting.items() if raw is not None})
        # Neither in the stream, nor its key gone: it was stored a moment ago. Else somebody removed the entry by hand.
        finished = [one for one in left if one.id in waiting]
        left = _without(left, _stored_among(finished))
        gone |= {one.id for one in left if one.id in waiting}


def refuse_conflicts(incoming: Sequence[Incoming]) -> None:
    """For what goes past the stream: raises StatementConflict for ids under which another statement waits in it."""
    brought = [one for one in incoming if _brought_its_id(one)]
    if not brought:
        return
    with stream() as redis:
        waiting = redis.register_script(WAITING)(keys=[STREAM, *(id_key(one.id) for one in brought)])
    _without(brought, {one.id: raw for one, raw in zip(brought, waiting, strict=True) if raw is not None})


def _brought_its_id(incoming: Incoming) -> bool:
    return "id" in incoming.statement


def _stored_among(incoming: Sequence[Incoming]) -> dict[uuid.UUID, str]:
    """The stored text by id: one look, by the index of ids. Ids that we made just now are in nobody's record."""
    brought = [one.id for one in incoming if _brought_its_id(one)]
    if not brought:
        return {}
    return dict(Statement.objects.filter(statement_id__in=brought).values_list("statement_id", "raw"))


def _without(incoming: Sequence[Incoming], kept: dict[uuid.UUID, str]) -> list[Incoming]:
    """Those that are not kept yet. Raises StatementConflict when another statement is kept under the same id."""
    conflicts = [one.id for one in incoming if one.id in kept and not _is_same(kept[one.id], one)]
    if conflicts:
        raise StatementConflict(conflicts)
    return [one for one in incoming if one.id not in kept]


def _is_same(raw: str, other: Incoming) -> bool:
    """Statements with the same id, which one of them may have got only here."""
    named = {"id": str(other.id)}
    return same_statement({**json.loads(raw), **named}, {**other.statement, **named})


def _append(incoming: Sequence[Incoming], gone: set[uuid.UUID]) -> dict[uuid.UUID, str | None] | None:
    """None when all were appended; else those that were appended before, with the text that waits, and no other was."""
    arguments = [GROUP]
    for one in incoming:
        fields = fields_of(one)
        known = "new" if not _brought_its_id(one) else "gone" if one.id in gone else "brought"
        arguments += [known, fields["id"], fields["version"], fields["key"], fields["raw"]]
    with stream() as redis:
        if _throws_away_when_full(redis, settings.REDIS_URL, int(time.monotonic() // 60)):
            raise StreamUnavailable("Redis may throw away what waits in it")
        appended, *rest = redis.register_script(APPEND)(
            keys=[STREAM, *(id_key(one.id) for one in incoming)], args=arguments
        )
    return None if appended else {uuid.UUID(known): raw for known, raw in rest}


@lru_cache(maxsize=1)
def _throws_away_when_full(redis: Redis, address: str, minute: int) -> bool:
    """Asked once a minute and process, not for each statement."""
    if evicts := may_evict(config_of(redis)):
        log.warning("Redis may throw away what waits in it, so the stream is not used. Set maxmemory-policy noeviction")
    return evicts
