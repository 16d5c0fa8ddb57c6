"""Where a statement stands in the record: 63 bits that order statements by when they were stored, and tell that time.

    milliseconds since 2020 (41 bits) · origin (10 bits) · count within the millisecond (12 bits)

The origin is 0 for statements that came through the stream, else a number that a process draws when it starts. So any
number of processes give positions without asking each other, and `stored` needs no column and no index of its own.
"""

import os
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
ORIGIN_BITS, COUNT_BITS = 10, 12
MILLISECOND = 1 << (ORIGIN_BITS + COUNT_BITS)
COUNTS = 1 << COUNT_BITS
STREAM = 0

_EPOCH_MS = int(EPOCH.timestamp() * 1000)


class Counter:
    """Gives positions that only rise, to all threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._slot = 0
        self._draw_origin()

    def _draw_origin(self) -> None:
        self._process = os.getpid()
        self._origin = 1 + secrets.randbelow((1 << ORIGIN_BITS) - 1)

    def take(self, count: int) -> list[int]:
        """The next `count` positions. More than fit a millisecond, or a clock set back, run ahead of the clock."""
        with self._lock:
            if self._process != os.getpid():  # a server forked after this was made
                self._draw_origin()
            now = (time.time_ns() // 1_000_000 - _EPOCH_MS) * COUNTS
            first = max(now, self._last + 1)
            self._last = first + count - 1
        return [self._position(first + number) for number in range(count)]

    def take_slots(self, count: int) -> int:
        """The origin's first of `count` slots within a millisecond that somebody else will tell; 4,096 go round.

        More than fit go on in the milliseconds that follow.
        """
        with self._lock:
            if self._process != os.getpid():
                self._draw_origin()
            first = self._slot if self._slot + count <= COUNTS else 0
            self._slot = (first + count) % COUNTS
            return self._origin * COUNTS + first

    def _position(self, tick: int) -> int:
        millisecond, count = divmod(tick, COUNTS)
        return millisecond * MILLISECOND + self._origin * COUNTS + count


counter = Counter()


def stored_at(position: int) -> datetime:
    """When the statement at this position was stored, to the millisecond."""
    return EPOCH + timedelta(milliseconds=position // MILLISECOND)


def first_position_at(moment: datetime) -> int:
    """The least position of statements stored at this moment's millisecond, or later."""
    return _limited(_milliseconds(moment) * MILLISECOND)


def first_position_after(moment: datetime) -> int:
    """The least position of statements stored after this moment, as their times are told: in the next millisecond."""
    return _limited((_milliseconds(moment) + 1) * MILLISECOND)


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _limited(position: int) -> int:
    """To what databases can compare with."""
    return max(0, min(position, (1 << 63) - 1))


def position_of_stream_entry(entry_id: str) -> int:
    """Of the entry `milliseconds-sequence` that the stream numbered itself."""
    milliseconds, _, sequence = entry_id.partition("-")
    extra, count = divmod(int(sequence), COUNTS)
    return (int(milliseconds) - _EPOCH_MS + extra) * MILLISECOND + STREAM * COUNTS + count
