"""Statements in the format "exact", as text: each byte that was received, and what the record sets itself."""

import json
from typing import Any

from ..store.stored import StoredStatement
from ..xapi.formats import with_arrays
from ..xapi.splicing import splice

SET = ("id", "stored", "authority", "timestamp")  # a timestamp is given back in UTC: 4.2.7 of 2.0, Data 4.5 of 1.0.3
SET_IF_ABSENT = ("version",)


def exact_text(found: StoredStatement) -> str:
    """JSON. Written anew are only those members that the record sets or, of version 1, puts into arrays."""
    statement = found.exact()
    over = {name: _dump(statement[name]) for name in SET}
    under = {name: _dump(statement[name]) for name in SET_IF_ABSENT}
    if "contextActivities" in found.raw:
        shown = with_arrays(statement)
        over |= {name: _dump(shown[name]) for name in ("context", "object") if shown.get(name) != statement.get(name)}
    return splice(found.raw, over=over, under=under)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
