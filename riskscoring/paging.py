"""Pages of a sorted list that cost the same wherever they are: the next one starts behind the last row of this one.

A list is walked in stretches that an index serves each: the rows with the very value of the last row, the rows with
values beyond it, and the rows that have no value, which come last in both directions.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BigAutoField, QuerySet

from learners.models import Learner

from .models import RiskScore
from .ordering import Order

PAGE_SIZE = 50


class CursorError(ValueError):
    """The cursor was not made here, or was made for another order."""


@dataclass(frozen=True)
class Position:
    """A row's place in an order, whether or not the row is still there."""

    value: Any
    learner_id: int


@dataclass(frozen=True)
class Cursor:
    position: Position
    is_backward: bool = False

    def encode(self, order: Order) -> str:
        value = self.position.value
        plain = (
            value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
        )
        text = json.dumps([str(order), self.is_backward, plain, self.position.learner_id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Order) -> "Cursor":
        """Raises CursorError."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            made_for, is_backward, value, learner_id = json.loads(base64.urlsafe_b64decode(padded))
            if made_for != str(order) or not isinstance(is_backward, bool) or type(learner_id) is not int:
                raise CursorError(text)
            return cls(Position(_value(value, order), BigAutoField().clean(learner_id, None)), is_backward)
        except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError) as error:
            raise CursorError(text) from error


def _value(value: Any, order: Order) -> Any:
    if value is None and order.column.is_nullable:
        return None
    if not isinstance(value, str | int) or isinstance(value, bool) or "\0" in str(value):
        raise CursorError(value)
    str(value).encode()  # a UnicodeError, which is a ValueError, for half a character: no database can look for it
    cleaned = order.column.field.clean(value, None)
    if isinstance(cleaned, datetime) and cleaned.tzinfo is None:
        raise CursorError(value)
    return cleaned


@dataclass(frozen=True)
class Page:
    """The ids of learners, in order, and where to go on from here (None when there is nothing)."""

    learner_ids: list[int]
    next: Cursor | None
    previous: Cursor | None


def page_of(
    learners: QuerySet[Any],
    *,
    order: Order,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
    starts_over: bool = True,
) -> Page:
    """One page, in three queries at most. Where the cursor leads to nothing any more, the first page instead, or with
    `starts_over` False an empty one: a program that walks the list would never come to its end.

    `learners` are rows of the order's root: learners or their risk scores, which have the same primary key.
    """
    found = _walk(learners, order, cursor, size + 1)
    if cursor and not found and starts_over:
        return page_of(learners, order=order, size=size)
    is_backward = cursor is not None and cursor.is_backward
    goes_on = len(found) > size
    rows = found[:size]
    if is_backward:
        rows.reverse()
    has_next = is_backward or goes_on
    has_previous = goes_on if is_backward else cursor is not None
    return Page(
        learner_ids=[row.learner_id for row in rows],
        next=Cursor(rows[-1]) if has_next and rows else None,
        previous=Cursor(rows[0], is_backward=True) if has_previous and rows else None,
    )


def neighbour_of(learners: QuerySet[Any], *, order: Order, beside: Cursor) -> int | None:
    """The id of the learner next to a position, in the cursor's direction. In three queries at most."""
    found = _walk(learners, order, beside, 1)
    return found[0].learner_id if found else None


def position_of(risk: RiskScore, order: Order) -> Position:
    """Where a learner stands in an order."""
    value: Any = risk.learner if order.column.root is Learner else risk
    for name in order.column.path.split("__"):
        value = getattr(value, name, None)
    return Position(value, risk.learner_id)


def _walk(learners: QuerySet[Any], order: Order, cursor: Cursor | None, size: int) -> list[Position]:
    found: list[Position] = []
    for stretch in _stretches(learners, order, cursor):
        rows = stretch.values_list(order.column.path, "pk")[: size - len(found)]
        found += [Position(*row) for row in rows]
        if len(found) >= size:
            break
    return found


def _stretches(learners: QuerySet[Any], order: Order, cursor: Cursor | None) -> Iterator[QuerySet[Any]]:
    """The stretches from the cursor (or from the start) on, in the order in which they are walked."""
    column, path = order.column, order.column.path
    is_backward = cursor is not None and cursor.is_backward
    sign, beyond = ("-", "lt") if order.is_descending != is_backward else ("", "gt")
    with_value = learners.filter(**{f"{path}__isnull": False}) if column.is_nullable else learners
    with_value = with_value.order_by(f"{sign}{path}", f"{sign}pk")
    without_value = learners.filter(**{f"{path}__isnull": True}).order_by(f"{sign}pk")
    if cursor is None:
        yield with_value
    elif cursor.position.value is None:
        yield without_value.filter(**{f"pk__{beyond}": cursor.position.learner_id})
        if is_backward:
            yield with_value
        return
    else:
        value, learner_id = cursor.position.value, cursor.position.learner_id
        yield learners.filter(**{path: value, f"pk__{beyond}": learner_id}).order_by(f"{sign}pk")
        yield with_value.filter(**{f"{path}__{beyond}": value})
    if column.is_nullable and not is_backward:
        yield without_value
