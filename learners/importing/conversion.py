"""From cells to values: every known cell is read by its field's rule, and what is wrong is said by line and column."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from ..models import StagedLearner
from ..rules import READERS, Reading, read_day
from ..spreadsheet_cells import unescaped
from .reading import BrokenRow, Header
from .report import BadCell, Listing

FIELDS = tuple(field.name for field in StagedLearner._meta.concrete_fields)
# Fields whose values repeat: each distinct text is read once. The others would only fill the memory.
REPEATING = frozenset(READERS) - {"uid", "name", "email", "phone"}
DISTINCT_VALUES = 20_000

Reader = Callable[[str], Reading]


def readable_rows(
    rows: Iterator[tuple[int, list[str]] | BrokenRow],
    header: Header,
    *,
    as_of: date | None,
    today: date,
    adapt: Callable[[str, Any], Any],
    bad: Listing,
    warned: Listing,
) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of FIELDS, for storing; the others are added to `bad`.

    `as_of` wins over the row's own day, which wins over `today`. `adapt(field, value)` makes a value fit the database.
    """
    columns = _columns(header, adapt, with_day=as_of is None)
    day = adapt("as_of", as_of or today)
    for row in rows:
        if isinstance(row, BrokenRow):
            bad.add([BadCell(row.line, "", row.reason)])
            continue
        line, cells = row
        values: dict[str, Any] = {}
        troubled = False
        for index, field, read in columns:
            cell = cells[index]  # most need no call of unescaped, and there are ten million
            value, error, warning = read(cell if cell[:1] != "'" else unescaped(cell))
            values[field] = value
            if error or warning:
                troubled = True
        if troubled:
            errors, warnings = _troubles(line, cells, header, columns)
            if warnings:
                warned.add(warnings)
            if errors:
                bad.add(errors)
                continue
        get = values.get
        uid = get("uid")
        if not uid and not get("email"):
            bad.add([BadCell(line, "", _("The row has neither an id nor an email."))])
        elif get("cohort") and not get("program"):
            bad.add([BadCell(line, header.name_of("cohort"), _("belongs to a program: give its program too."))])
        else:
            yield (line, uid or str(uuid4()), bool(uid), *map(get, FIELDS[3:-1]), get("as_of") or day)


def _columns(header: Header, adapt: Callable[[str, Any], Any], *, with_day: bool) -> list[tuple[int, str, Reader]]:
    readers: Mapping[str, Reader] = {**READERS, "as_of": read_day}
    return [
        (index, field, _reader(readers[field], field, adapt))
        for index, field in enumerate(header.fields)
        if field and (with_day or field != "as_of")
    ]


def _reader(read: Reader, field: str, adapt: Callable[[str, Any], Any]) -> Reader:
    """The rule, with its value made to fit the database; remembered where values repeat."""
    if field not in REPEATING and field != "as_of":
        return read

    def read_and_adapt(text: str) -> Reading:
        reading = read(text)
        return reading if reading.value is None else reading._replace(value=adapt(field, reading.value))

    return lru_cache(maxsize=DISTINCT_VALUES)(read_and_adapt)


def _troubles(
    line: int, cells: list[str], header: Header, columns: list[tuple[int, str, Reader]]
) -> tuple[list[BadCell], list[BadCell]]:
    readings = [(header.names[index], read(unescaped(cells[index]))) for index, _field, read in columns]
    return (
        [BadCell(line, name, reading.error) for name, reading in readings if reading.error],
        [BadCell(line, name, reading.warning) for name, reading in readings if reading.warning],
    )
