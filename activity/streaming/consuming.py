"""From the stream into the record. Any number of consumers, in any number of processes, share the work.

Store, commit, then acknowledge: a crash between any two of these leaves an entry that is handed out again and found to
be stored. New entries are stored together. One that was handed out before, or whose batch failed, is tried on its own,
and set aside when that keeps failing. A database that is away is nobody's fault: the entries wait for it.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, OperationalError, transaction
from redis import Redis
from redis.exceptions import OutOfMemoryError, ResponseError

from ..store.incoming import Incoming, StatementConflict
from .connection import BLOCK_SECONDS, patient_client
from .database import is_away
from .entries import Fields, UnreadableEntry, read_entry
from .pending import note_progress
from .poison import set_aside
from .scripts import (
    ALIVE_SECONDS,
    FINISH,
    FORGET_CONSUMER,
    GROUP,
    LINGER_SECONDS,
    STREAM,
    TRIES,
    alive_key,
    id_key,
)
from .storing import store_in_time

log = logging.getLogger(__name__)

BATCH = 500
ABANDONED_SECONDS = 30  # a consumer that has not stored an entry by then has died, or hangs
MOST_TRIES = 3  # on its own
IDLE_CONSUMER_SECONDS = 3600  # one that holds nothing is then forgotten


class DatabaseAway(OperationalError):  # noqa: N818  (named for what it is, like Http404)
    """Nothing can be stored at the moment. The entries are still this consumer's."""


@dataclass(frozen=True)
class Entry:
    id: str
    fields: Fields


class Consumer:
    """One reader of the stream, with a name that no other has.

    `between` is called with the name of each step that is done; tests crash there.
    """

    def __init__(self, redis: Redis | None = None, *, between: Callable[[str], None] = lambda step: None) -> None:
        self.redis = redis or patient_client()
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._between = between
        self._held: list[Entry] = []  # ours, and not stored because the database was away

    def work(self, *, block_seconds: float = BLOCK_SECONDS, abandoned_seconds: float = ABANDONED_SECONDS) -> int:
        """One round; how many entries are done with.

        Raises DatabaseAway: call it again in a moment, it goes on with the same. RedisError: likewise, from scratch.
        """
        if self._held:
            return self._work_on_held()
        self._make_group()
        self._say_that_we_live()
        done = self._each_alone(self._claim_abandoned(abandoned_seconds))
        entries = self._read_new(block_seconds=0 if done else block_seconds)
        self._between("read")
        done += self._together(entries)
        note_progress(self.redis, after_work=bool(done))
        return done

    def leave(self) -> None:
        """Be forgotten by Redis, unless entries are still ours: those are claimed by others when their time comes."""
        try:
            self.redis.delete(alive_key(self.name))
            self._forget(self.name)
        except ResponseError:
            log.info("There is no group any more to leave")

    def forget_idle_consumers(self) -> None:
        """Forget those who stopped without a word and hold nothing. Idle may also be who found nothing to do."""
        for consumer in self.redis.xinfo_consumers(STREAM, GROUP):
            is_idle = consumer["idle"] > IDLE_CONSUMER_SECONDS * 1000 and not consumer["pending"]
            if is_idle and not self.redis.exists(alive_key(consumer["name"])):
                self._forget(consumer["name"])

    def _forget(self, name: str) -> None:
        self.redis.register_script(FORGET_CONSUMER)(keys=[STREAM], args=[GROUP, name])

    def _make_group(self) -> None:
        """If it is not there yet: from the stream's beginning, so that nothing is passed over."""
        try:
            self.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except OutOfMemoryError:
            log.debug("Redis is full: it lets us take entries, and make nothing new")
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _say_that_we_live(self) -> None:
        with suppress(OutOfMemoryError):
            self.redis.xgroup_createconsumer(STREAM, GROUP, self.name)
            self.redis.set(alive_key(self.name), "", ex=ALIVE_SECONDS)

    def _read_new(self, *, block_seconds: float) -> list[Entry]:
        block = max(1, round(block_seconds * 1000)) if block_seconds else None
        found: Any = self.redis.xreadgroup(GROUP, self.name, {STREAM: ">"}, count=BATCH, block=block)
        return [Entry(entry_id, fields or {}) for _, entries in found or () for entry_id, fields in entries]

    def _claim_abandoned(self, abandoned_seconds: float) -> list[Entry]:
        """Entries that others took and did not finish. Only while the database answers: it may be what they wait for.

        JUSTID leaves Redis' own count of deliveries alone; we count tries ourselves, see _try_alone.
        """
        if is_away():
            raise DatabaseAway
        ids: Any = self.redis.xautoclaim(
            STREAM, GROUP, self.name, min_idle_time=round(abandoned_seconds * 1000), count=BATCH, justid=True
        )
        return self._fetch(ids) if ids else []

    def _fetch(self, ids: Sequence[str]) -> list[Entry]:
        """What is left of these entries: one that is deleted was finished, and only its acknowledgement was lost."""
        with self.redis.pipeline(transaction=False) as pipe:
            for entry_id in ids:
                pipe.xrange(STREAM, entry_id, entry_id)
            found = pipe.execute()
        deleted = [entry_id for entry_id, entries in zip(ids, found, strict=True) if not entries]
        if deleted:
            self.redis.xack(STREAM, GROUP, *deleted)
            self.redis.hdel(TRIES, *deleted)
        return [Entry(entry_id, fields) for entries in found for entry_id, fields in entries]

    def _work_on_held(self) -> int:
        """Once more, what the database could not take; claimed anew first, so that nobody thinks we died."""
        self._say_that_we_live()
        ids: list[Any] = [entry.id for entry in self._held]
        self.redis.xclaim(STREAM, GROUP, self.name, min_idle_time=0, message_ids=ids, justid=True)
        if is_away():
            raise DatabaseAway
        held, self._held = self._fetch(ids), []
        return self._together(held)

    def _together(self, entries: list[Entry]) -> int:
        """All in one transaction; when that fails, each alone."""
        if not entries:
            return 0
        try:
            self._store([read_entry(entry.id, entry.fields) for entry in entries])
        except (UnreadableEntry, StatementConflict):
            return self._each_alone(entries)
        except Exception as error:
            self._wait_if_away(error, entries)
            log.exception("A batch of %s could not be stored, so each is tried on its own", len(entries))
            return self._each_alone(entries)
        self._finish(entries)
        return len(entries)

    def _each_alone(self, entries: list[Entry]) -> int:
        done = 0
        for place, entry in enumerate(entries):
            try:
                done += self._try_alone(entry)
            except DatabaseAway:
                self._held = entries[place:]
                raise
        return done

    def _try_alone(self, entry: Entry) -> bool:
        """Whether it is done with: stored, or set aside.

        A try is counted before it begins, so that an entry which kills its consumer is set aside one day, too.
        """
        tries = self._count_try(entry)
        if tries > MOST_TRIES:
            return self._set_aside(entry, "Each worker that tried to store it broke off.", tries=tries - 1)
        try:
            incoming = read_entry(entry.id, entry.fields)
            self._store([incoming])
        except UnreadableEntry as error:
            return self._set_aside(entry, f"It can't be read. {error}", tries=tries)
        except StatementConflict:
            return self._set_aside(entry, "Another statement is stored under its id.", tries=tries)
        except Exception as error:
            try:
                self._wait_if_away(error, [entry])
            except DatabaseAway:
                self._count_try(entry, by=-1)
                raise
            log.exception("Entry %s could not be stored (try %s of %s)", entry.id, tries, MOST_TRIES)
            return tries >= MOST_TRIES and self._set_aside(entry, repr(error), tries=tries)
        self._finish([entry])
        return True

    def _count_try(self, entry: Entry, by: int = 1) -> int:
        """Not counted while Redis is full: then it is the first once more."""
        try:
            return int(self.redis.hincrby(TRIES, entry.id, by))
        except OutOfMemoryError:
            return 1

    def _wait_if_away(self, error: Exception, entries: list[Entry]) -> None:
        if isinstance(error, DatabaseError) and is_away(error):
            self._held = entries
            raise DatabaseAway from error

    def _store(self, incoming: list[Incoming]) -> None:
        """Raises StatementConflict when one clashes: a clash is set aside alone, and never silently left out."""
        with transaction.atomic():
            store_in_time(incoming)
            self._between("stored")
        self._between("committed")

    def _finish(self, entries: Sequence[Entry]) -> None:
        ids = [entry.id for entry in entries]
        keys = [id_key(entry.fields.get("id", "")) for entry in entries]
        self.redis.register_script(FINISH)(keys=[STREAM, TRIES, *keys], args=[GROUP, LINGER_SECONDS, *ids])
        self._between("acknowledged")

    def _set_aside(self, entry: Entry, reason: str, *, tries: int) -> bool:
        try:
            set_aside(stream_id=entry.id, fields=entry.fields, reason=reason, tries=tries)
        except DatabaseError as error:
            self._wait_if_away(error, [entry])
            raise
        self._between("set aside")
        self._finish([entry])
        log.error("Entry %s of the stream is set aside: %s", entry.id, reason)
        return True
