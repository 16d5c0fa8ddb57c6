"""How a page finds the learners that a filter means, quickly whether few match or almost all.

A database that is asked for the first fifty of an order among a few learners should sort those few; among very many
it should walk the index of the order and look at each. It cannot always tell which, so we look first.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from learners import search
from learners.models import Learner

from .filters import SCOPE, BoardFilter
from .models import RiskScore
from .ordering import Order
from .paging import Cursor, Page, neighbour_of, page_of, position_of
from .querysets import RiskScoreQuerySet

FEW = 2000


@dataclass(frozen=True)
class Selection:
    """`among` are those that match everything but the level, whom `looked_at` finds one by one; `are_few` says that
    they were looked up. Not `is_narrowed` are all learners.
    """

    among: RiskScoreQuerySet
    looked_at: QuerySet[Learner]
    levels: list[str]
    are_few: bool
    is_narrowed: bool

    def page(self, order: Order, cursor: Cursor | None = None, *, size: int, starts_over: bool = True) -> Page:
        return page_of(self._rows_to_walk(order), order=order, cursor=cursor, size=size, starts_over=starts_over)

    def neighbours(self, score: RiskScore, order: Order) -> tuple[int | None, int | None]:
        """The learners before and after this one, who need not be selected."""
        position, rows = position_of(score, order), self._rows_to_walk(order)
        return (
            neighbour_of(rows, order=order, beside=Cursor(position, is_backward=True)),
            neighbour_of(rows, order=order, beside=Cursor(position)),
        )

    def _rows_to_walk(self, order: Order) -> QuerySet[Any]:
        rows = order.column.root._default_manager.all()
        if self.are_few:
            return rows.filter(pk__in=self.among.at_levels(self.levels).values("pk"))
        levelled = RiskScore.objects.at_levels(self.levels)
        rows = levelled if order.column.root is RiskScore else rows.filter(Exists(levelled.filter(pk=OuterRef("pk"))))
        return rows.filter(Exists(self.looked_at.filter(pk=OuterRef("pk")))) if self.is_narrowed else rows


def select(filters: BoardFilter, *, in_scope: int | None = None) -> Selection:
    """In two queries at most. `in_scope` is how many learners the program, cohort and owner hold, if that is known."""
    chosen, looked_at, scoped = filters.chosen, filters.learners_to_look_at(), filters.narrowed_by(*SCOPE)
    levels, is_scoped = chosen.get("level", []), any(name in chosen for name in SCOPE)
    if text := chosen.get("q"):
        found = search.first_matches(text, limit=FEW + 1)
        if len(found) <= FEW:
            return Selection(scoped.filter(pk__in=found), looked_at, levels, are_few=True, is_narrowed=True)
    among = scoped.filter(Exists(looked_at.filter(pk=OuterRef("pk")))) if text else scoped
    if is_scoped and (in_scope is None or in_scope <= FEW):
        found = list(scoped.values_list("pk", flat=True)[: FEW + 1])
        if len(found) <= FEW:
            return Selection(among.filter(pk__in=found), looked_at, levels, are_few=True, is_narrowed=True)
    return Selection(among, looked_at, levels, are_few=False, is_narrowed=bool(text) or is_scoped)
