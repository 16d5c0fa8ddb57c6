"""A circuit breaker: after several failures in a row nobody waits for a provider that is down."""

import time
from collections.abc import Callable
from threading import Lock


class CircuitBreaker:
    """Opens after `failures_to_open` failures in a row, for `open_seconds`; then one caller may try.

    One per process, shared by its threads. `clock` gives seconds that only grow.
    """

    def __init__(
        self, *, failures_to_open: int = 5, open_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures_to_open = failures_to_open
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._next_try_at = 0.0

    def lets_through(self) -> bool:
        """Whether to call. While open it lets one caller through each `open_seconds`, to see how things are."""
        with self._lock:
            if self._failures < self._failures_to_open:
                return True
            if self._clock() < self._next_try_at:
                return False
            self._next_try_at = self._clock() + self._open_seconds
            return True

    def record_success(self) -> None:
        with self._lock:
            self._failures = 0

    def record_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._failures_to_open:
                self._next_try_at = self._clock() + self._open_seconds
