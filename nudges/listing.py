"""The list of nudges: the newest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from learners.whole_numbers import whole_number

from .filters import NudgeFilter
from .models import Nudge

ROWS = 50


@dataclass(frozen=True)
class NudgePage:
    """`newest` and `older` are query strings that lead to the first page and the next; `older` is empty on the last.

    `stuck` holds the ids of all nudges that hang while being sent, on this page or not.
    """

    filters: NudgeFilter
    nudges: list[Nudge]
    newest: str
    older: str
    stuck: frozenset[int]


def page_of_nudges(given: QueryDict, *, now: datetime) -> NudgePage:
    """What a query string means: the filters, and `before`, the id that the page before ended with."""
    filters = NudgeFilter(given, Nudge.objects.with_people())
    nudges = filters.qs.order_by("-id")
    before = whole_number(given.get("before", ""))
    if before is not None:
        nudges = nudges.filter(id__lt=before)
    rows = list(nudges[: ROWS + 1])
    return NudgePage(
        filters,
        nudges=rows[:ROWS],
        newest=_address(given),
        older=_address(given, before=str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
        stuck=frozenset(Nudge.objects.stuck(now).values_list("pk", flat=True)),
    )


def _address(given: QueryDict, **position: str) -> str:
    query = given.copy()
    query.pop("before", None)
    query.update(position)
    return f"?{query.urlencode()}"
