"""What the terminal's page shows: the questions, the one that was asked, and its answer as a table and a chart."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from learners import charts
from learners.spreadsheet_cells import escaped

from .queries import QUERIES
from .query import Query
from .running import Answer

WIDTH, HEIGHT = 640, 120
MOST_BARS = 60


@dataclass(frozen=True)
class Field:
    """A parameter as a field of the form."""

    name: str
    title: Any
    type: str
    value: str
    least: int | None
    most: int | None


def grouped() -> list[tuple[Any, list[Query]]]:
    return [(group, list(queries)) for group, queries in groupby(QUERIES.values(), key=lambda query: query.group)]


def fields_of(query: Query, given: Mapping[str, str]) -> list[Field]:
    return [
        Field(
            name=one.name,
            title=one.title,
            type=one.input_type,
            value=given.get(one.name, one.default),
            least=getattr(one, "least", None),
            most=getattr(one, "most", None),
        )
        for one in query.parameters
    ]


def bars_of(answer: Answer) -> tuple[charts.Bar, ...]:
    """A bar for each row, when the query is one to draw and there is something to compare."""
    if not answer.query.chart or not 2 <= len(answer.rows) <= MOST_BARS:
        return ()
    label, height = (answer.columns.index(column) for column in answer.query.chart)
    counts = [(_shown(row[label]), int(row[height] or 0), "plain") for row in answer.rows]
    return charts.histogram(counts, width=WIDTH, height=HEIGHT)


def printed_rows(answer: Answer) -> list[list[str]]:
    return [[_shown(value) for value in row] for row in answer.rows]


def csv_lines(answer: Answer) -> Iterator[str]:
    for row in ([*answer.columns], *answer.rows):
        line = io.StringIO()
        csv.writer(line).writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.getvalue()


def _shown(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)
