"""Ask one of the registered questions. Everything else is refused, in a sentence that says what to do."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .connection import SECONDS, Refused, TooSlow, read
from .parameters import BadParameter
from .queries import QUERIES
from .query import Query

ROW_LIMIT = 1000


class QueryRefused(Exception):  # noqa: N818  (named for what it is, like Http404)
    """Nothing was asked, or the database would not answer. The message is for whoever asked."""


class UnknownQuery(QueryRefused):
    """No query has this name."""


@dataclass(frozen=True)
class Answer:
    """Rows of plain values. `is_cut` says that there were more than ROW_LIMIT."""

    query: Query
    given: Mapping[str, str]
    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    seconds: float


def query_named(name: str) -> Query:
    """Raises UnknownQuery."""
    if name not in QUERIES:
        raise UnknownQuery(_("There is no query of this name. Only those in the list can be asked."))
    return QUERIES[name]


def run_query(name: str, given: Mapping[str, str], *, now: datetime) -> Answer:
    """Answer the question with these parameters, those left out having their defaults. Raises QueryRefused."""
    query = query_named(name)
    known = {parameter.name: parameter for parameter in query.parameters}
    if strange := sorted(set(given) - set(known)):
        raise QueryRefused(_("This query takes no parameter “%(name)s”.") % {"name": strange[0]})
    texts = {name: given.get(name, parameter.default) for name, parameter in known.items()}
    values: dict[str, Any] = {}
    try:
        for name, parameter in known.items():
            values |= parameter.read(texts[name], now=now)
        begun = time.monotonic()
        found = read(query.text, values, limit=ROW_LIMIT + 1)
    except BadParameter as error:
        raise QueryRefused(str(error)) from error
    except TooSlow as error:
        raise QueryRefused(
            _("It took longer than %(seconds)d seconds, and was stopped. Ask for fewer days or rows.")
            % {"seconds": SECONDS}
        ) from error
    except Refused as error:
        raise QueryRefused(_("The database refused: %(reason)s") % {"reason": error}) from error
    return Answer(
        query=query,
        given=texts,
        columns=found.columns,
        rows=[tuple(_plain(value) for value in row) for row in found.rows[:ROW_LIMIT]],
        is_cut=len(found.rows) > ROW_LIMIT,
        seconds=time.monotonic() - begun,
    )


def _plain(value: Any) -> Any:
    """A value that JSON and a table can show."""
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.isoformat(sep=" ", timespec="seconds") if isinstance(value, datetime) else str(value)
