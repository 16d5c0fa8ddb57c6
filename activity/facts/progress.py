"""How far learners got with lessons, and on which days they did anything, kept as events come in.

Minima, maxima and sets, so neither order nor repetition matters. rebuilding.py makes the same from all events at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

from learners.sql import Sql, execute, rows

from ..models import ActiveDay, Event
from .meaning import COMPLETING
from .sql import greatest, least

ROWS_IN_STATEMENT = 1000


@dataclass
class Progress:
    begun_at: datetime
    last_at: datetime
    completed_at: datetime | None = None
    best_mark: Decimal | None = None

    def add(self, event: Event) -> None:
        self.begun_at = min(self.begun_at, event.occurred_at)
        self.last_at = max(self.last_at, event.occurred_at)
        if event.meaning in COMPLETING:
            self.completed_at = min(self.completed_at or event.occurred_at, event.occurred_at)
        if event.mark_counts and event.mark is not None:
            self.best_mark = event.mark if self.best_mark is None else max(self.best_mark, event.mark)


def merge_progress(events: Iterable[Event]) -> None:
    """Written by learner and lesson, so that two batches never wait for each other in a circle."""
    merged: dict[tuple[int, int], Progress] = {}
    for event in events:
        if event.lesson_id is not None:
            key = (event.learner_id, event.lesson_id)
            merged.setdefault(key, Progress(event.occurred_at, event.occurred_at)).add(event)
    for some in _pieces(sorted(merged)):
        values: list[object] = []
        for key in some:
            one = merged[key]
            values += [*key, one.begun_at, one.last_at, one.completed_at, one.best_mark]
        execute(
            f"""INSERT INTO activity_lessonprogress AS p
                (learner_id, lesson_id, begun_at, last_at, completed_at, best_mark)
            VALUES {", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))}
            ON CONFLICT (learner_id, lesson_id) DO UPDATE SET
                begun_at = {least("p.begun_at", "excluded.begun_at")},
                last_at = {greatest("p.last_at", "excluded.last_at")},
                completed_at = {_of_present(least, "completed_at")},
                best_mark = {_of_present(greatest, "best_mark")}""",
            values,
        )


def link_answers(among: Sql) -> list[int]:
    """Answers of these learners that are about a lesson after all; the positions of those that were linked to theirs.

    About one that staff have defined, or that the learner is at work on: it depends on their own events alone.
    """
    linked = rows(
        f"""UPDATE activity_event SET lesson_id = answered.lesson_id
        FROM (SELECT e.position AS place, lesson.id AS lesson_id
            FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
            JOIN activity_lesson lesson ON lesson.program_id = l.program_id AND lesson.activity_id = e.object_id
            LEFT JOIN activity_lessonprogress p ON p.learner_id = l.id AND p.lesson_id = lesson.id
            WHERE e.learner_id IN ({among.text}) AND e.meaning = 'answered' AND e.lesson_id IS NULL
                AND (p.id IS NOT NULL OR NOT lesson.discovered)) answered
        WHERE position = answered.place RETURNING position""",
        among.params,
    )
    return [position for (position,) in linked]


def add_active_days(events: Iterable[Event]) -> None:
    days = sorted({(event.learner_id, event.occurred_at.astimezone(UTC).date()) for event in events})
    ActiveDay.objects.bulk_create(
        [ActiveDay(learner_id=learner, day=day) for learner, day in days],
        ignore_conflicts=True,
        batch_size=ROWS_IN_STATEMENT,
    )


def _of_present(choose: Callable[..., str], column: str) -> str:
    old, new = f"p.{column}", f"excluded.{column}"
    return choose(f"COALESCE({old}, {new})", f"COALESCE({new}, {old})")


def _pieces(keys: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    left = iter(keys)
    while some := list(islice(left, ROWS_IN_STATEMENT)):
        yield some
