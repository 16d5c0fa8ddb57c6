"""A question that can be asked: its SQL for both databases, its parameters, and how its answer is drawn.

What the databases write differently stands in braces, and is filled in from DIALECTS; values stand as %(name)s, and
reach the database beside the text, never in it.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise

from activity.store.positions import EPOCH, MILLISECOND
from riskscoring.levels import PRIORITIES

from .parameters import Parameter

_SECONDS = f"({int(EPOCH.timestamp())} + s.position / {MILLISECOND} / 1000.0)"
DIALECTS = {
    "postgresql": {
        "stored_at": f"to_timestamp({_SECONDS})",
        "stored_hour": f"to_char(to_timestamp({_SECONDS}), 'YYYY-MM-DD HH24:00')",
        "created_day": "to_char(created_at, 'YYYY-MM-DD')",
    },
    "sqlite": {
        "stored_at": f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {_SECONDS}, 'unixepoch')",
        "stored_hour": f"strftime('%%Y-%%m-%%d %%H:00', {_SECONDS}, 'unixepoch')",
        "created_day": "substr(created_at, 1, 10)",
    },
}


# Whether a score `r` is of a level.
LEVELS = {f"is_{level}": f"r.priority BETWEEN {least} AND {most}" for level, (least, most) in PRIORITIES.items()}


@dataclass(frozen=True)
class Query:
    """`chart` names two columns: what each bar is, and how high it is."""

    name: str
    group: str | Promise
    title: str | Promise
    answers: str | Promise
    sql: str
    parameters: tuple[Parameter, ...] = ()
    chart: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """The SQL as the database in use writes it."""
        return self.sql.format(**DIALECTS[connection.vendor], **LEVELS).strip()
