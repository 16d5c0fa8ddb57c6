"""How far the record has followed the stream."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from redis import Redis

from ..models import StreamProgress
from ..modes import Mode
from ..store.positions import EPOCH
from .connection import StreamUnavailable, is_set_up, stream
from .scripts import OLDEST, STREAM

MILLISECOND = timedelta(milliseconds=1)
# How often that is written down: each time costs a commit.
NOTED_AFTER_WORK = timedelta(seconds=1)
NOTED_WHEN_IDLE = timedelta(seconds=10)


def oldest_pending() -> datetime | None:
    """The earliest stored time that a statement can have which is not in the record yet: of the oldest entry, else now
    by Redis' clock. None when no stream is used.

    Ask this before looking into the record: an entry is deleted after its commit, so what is not here is there.
    When Redis is away, this is where the record had followed it to: it may hold anything since.
    """
    if not is_set_up():
        return None
    try:
        with stream() as redis:
            if settings.ETL_MODE != Mode.STREAMING and not redis.exists(STREAM):
                return None
            return _oldest(redis)
    except StreamUnavailable:
        progress = StreamProgress.objects.first()
        if progress is not None:
            return progress.stored_before
        return EPOCH if settings.ETL_MODE == Mode.STREAMING else None


def note_progress(redis: Redis, *, after_work: bool) -> None:
    """Keep in the database how far the record has followed, for when Redis is away. It only rises."""
    oldest = _oldest(redis)
    if not StreamProgress.objects.exists():
        StreamProgress.objects.get_or_create(pk=1, defaults={"stored_before": oldest})
    step = NOTED_AFTER_WORK if after_work else NOTED_WHEN_IDLE
    StreamProgress.objects.filter(stored_before__lte=oldest - step).update(stored_before=oldest)


def _oldest(redis: Redis) -> datetime:
    milliseconds: Any = redis.register_script(OLDEST)(keys=[STREAM])
    return datetime.fromtimestamp(0, UTC) + int(milliseconds) * MILLISECOND
