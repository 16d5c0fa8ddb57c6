"""The list of messages to many: the newest first, a page at a time."""

from dataclasses import dataclass

from django.http import QueryDict

from learners.whole_numbers import whole_number

from ..models import NudgeBatch
from .progress import planned_going

ROWS = 30


@dataclass(frozen=True)
class BatchRow:
    batch: NudgeBatch
    going: int  # of `total`, when it was planned
    total: int


@dataclass(frozen=True)
class BatchPage:
    rows: list[BatchRow]
    older: str  # a query string; empty on the last page
    is_first: bool


def page_of_batches(given: QueryDict) -> BatchPage:
    """In one query, by what was counted when they were planned. `before` is the id that the page before ended with."""
    before = whole_number(given.get("before", ""))
    batches = NudgeBatch.objects.select_related("created_by", "campaign").order_by("-id")
    if before is not None:
        batches = batches.filter(id__lt=before)
    found = list(batches[: ROWS + 1])
    rows = [BatchRow(batch, planned_going(batch), sum(batch.counts.values())) for batch in found[:ROWS]]
    return BatchPage(rows, f"?before={found[ROWS - 1].pk}" if len(found) > ROWS else "", is_first=before is None)
