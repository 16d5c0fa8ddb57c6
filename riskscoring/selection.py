"""How a page finds the learners that a filter means, quickly whether few match or almost all.

A database that is asked for the first fifty of an order among a few learners should sort those few; among very many
it should walk the index of the order and look at each. It cannot always tell which, so we look first.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from learners import search

from .filters import SCOPE, BoardFilter
from .models import RiskScore
from .ordering import Order
from .paging import Cursor, Page, neighbour_of, page_of, position_of
from .querysets import RiskScoreQuerySet

FEW = 2000


@dataclass(frozen=True)
class Selection:
    """`among` are those that match everything but the level; `are_few` says that they were looked up."""

    among: RiskScoreQuerySet
    levels: list[str]
    are_few: bool

    @property
    def learners(self) -> RiskScoreQuerySet:
        return self.among.at_levels(self.levels) if self.levels else self.among

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
            return rows.filter(pk__in=self.learners.values("pk"))
        if order.column.root is RiskScore:
            levelled = RiskScore.objects.at_levels(self.levels)
            return levelled.filter(Exists(self.among.filter(pk=OuterRef("pk")))) if self.among.query.where else levelled
        return rows.filter(Exists(self.learners.filter(pk=OuterRef("pk"))))


def select(filters: BoardFilter, *, in_scope: int | None = None) -> Selection:
    """In two queries at most. `in_scope` is how many learners the program, cohort and owner hold, if that is known."""
    chosen = filters.chosen
    levels, text, scoped = chosen.get("level", []), chosen.get("q"), filters.narrowed_by(*SCOPE)
    if text:
        found = search.first_matches(text, limit=FEW + 1)
        if len(found) <= FEW:
            return Selection(scoped.filter(pk__in=found), levels, are_few=True)
    among = scoped.matching(text, by_index=False) if text else scoped
    if any(name in chosen for name in SCOPE) and (in_scope is None or in_scope <= FEW):
        found = list(scoped.values_list("pk", flat=True)[: FEW + 1])
        if len(found) <= FEW:
            return Selection(among.filter(pk__in=found), levels, are_few=True)
    return Selection(among, levels, are_few=False)
