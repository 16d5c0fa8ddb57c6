"""The scoring runs, for staff and ops."""

from dataclasses import dataclass
from typing import Any

from .levels import Level
from .models import ScoringRun

SHOWN = 100


@dataclass(frozen=True)
class RunRow:
    """`seconds` is None while a run is not finished; `levels` is (level, title, learners)."""

    run: ScoringRun
    seconds: float | None
    levels: list[tuple[str, Any, int]]


def latest_runs() -> list[RunRow]:
    return [
        RunRow(
            run,
            seconds=(run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
            levels=[(level.value, level.label, run.counts[level]) for level in Level if run.counts.get(level)],
        )
        for run in ScoringRun.objects.select_related("started_by", "program")[:SHOWN]
    ]
