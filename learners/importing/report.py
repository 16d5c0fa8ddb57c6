"""What an import found and did, for people: the same for a preview, a dry run and the real thing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LISTED = 50  # rows named one by one, of each kind; the rest are counted, so that memory stays flat


@dataclass(frozen=True)
class BadCell:
    """A reason about one cell, or about the whole row when `column` is empty. `line` counts from 1, the header's."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Change:
    """What one row changes: (column, stored value, new value) of what differs. A new learner has no `differences`."""

    line: int
    uid: str
    name: str
    differences: tuple[tuple[str, Any, Any], ...] = ()


@dataclass
class Listing:
    """Counts rows, and keeps what is said about the first of them."""

    rows: int = 0
    cells: list[BadCell] = field(default_factory=list)

    def add(self, cells: Iterable[BadCell]) -> None:
        self.rows += 1
        if self.rows <= LISTED:
            self.cells.extend(cells)

    def first_cells(self) -> tuple[BadCell, ...]:
        """What is said about the first LISTED rows, in order of line."""
        lines = sorted({cell.line for cell in self.cells})[:LISTED]
        shown = [cell for cell in self.cells if cell.line <= lines[-1]] if lines else []
        return tuple(sorted(shown, key=lambda cell: cell.line))


@dataclass(frozen=True)
class ImportReport:
    columns: tuple[str, ...]  # known ones, by the file's own names
    ignored_columns: tuple[str, ...]
    new: int
    changed: int
    unchanged: int
    bad: int
    bad_cells: tuple[BadCell, ...]  # of the first LISTED bad rows, in order of line
    warned: int
    warnings: tuple[BadCell, ...]  # of the first LISTED rows with a warning
    days: tuple[tuple[date, int], ...]  # which day the rows describe, and how many rows each
    examples_new: tuple[Change, ...] = ()
    examples_changed: tuple[Change, ...] = ()

    @property
    def good(self) -> int:
        return self.new + self.changed + self.unchanged
