"""Pages of tables that grow without end."""

from functools import cached_property
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet

COUNTED_UP_TO = 10_000  # counting all rows of a large table takes longer than showing some


class ShortPaginator(Paginator):
    """Reaches as far as anybody turns pages; who looks for something older searches."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:COUNTED_UP_TO].count()


class LongTableMixin:
    """For a ModelAdmin, before it: pages of a table of which nobody counts all rows."""

    list_per_page = 50
    paginator: Any = ShortPaginator
    show_full_result_count = False
