"""What benchmarks measure with and report in."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

# A small process between: what is started from a large one counts the memory of that as its own.
RUN_AND_PRINT_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Ratio:
    """Ours beside a baseline, in seconds, and the figure to reach: at most `reach` times the baseline's time, or with
    `faster` at least `reach` times faster than it.
    """

    what: str
    ours: float
    baseline_name: str
    baseline: float
    reach: float
    faster: bool = False
    note: str = ""

    @property
    def value(self) -> float:
        return self.baseline / self.ours if self.faster else self.ours / self.baseline

    @property
    def is_reached(self) -> bool:
        return self.value >= self.reach if self.faster else self.value <= self.reach

    def __str__(self) -> str:
        figure = f"{self.value:.1f} × faster than" if self.faster else f"{self.value:.2f} ×"
        goal = f"{'at least' if self.faster else 'at most'} {self.reach:g} ×"
        return _line(
            self.what,
            f"{figure} {self.baseline_name} ({_seconds(self.ours)} against {_seconds(self.baseline)})",
            goal,
            self.is_reached,
            self.note,
        )


@dataclass(frozen=True)
class Limit:
    """One measured figure, and what it may be at most (None when it is only for information)."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    note: str = ""

    @property
    def is_reached(self) -> bool:
        return self.at_most is None or self.value <= self.at_most

    def __str__(self) -> str:
        figure = _seconds(self.value) if self.unit == "s" else f"{self.value:,.0f} {self.unit}"
        goal = f"at most {self.at_most:g} {self.unit}" if self.at_most is not None else ""
        return _line(self.what, figure, goal, self.is_reached, self.note)


Finding = Ratio | Limit


def seconds_of(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def median_seconds(call: Callable[[], object], *, times: int = 3, before: Callable[[], object] | None = None) -> float:
    """The median of several timings; `before` runs ahead of each, untimed."""
    timings = []
    for _ in range(times):
        if before:
            before()
        timings.append(seconds_of(call))
    return statistics.median(timings)


def tidy() -> None:
    """Leave the database as a quiet night would: statistics fresh, dead rows gone, dirty pages on disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def command_peak_megabytes(*command: str) -> float:
    """Run `manage.py …` in a process of its own; the most memory that it held."""
    measured = [sys.executable, "-c", RUN_AND_PRINT_PEAK, sys.executable, "manage.py", *command]
    printed = subprocess.run(measured, check=True, capture_output=True, text=True).stdout
    return _megabytes(int(printed))


def _megabytes(peak: int) -> float:
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


def _line(what: str, figure: str, goal: str, is_reached: bool, note: str) -> str:
    verdict = f" · to reach: {goal} · {'reached' if is_reached else 'MISSED'}" if goal else ""
    return f"  {what}: {figure}{verdict}" + (f"\n      {note}" if note else "")
