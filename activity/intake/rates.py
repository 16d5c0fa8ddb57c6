"""How many statements were stored, and became events, in the last minutes: counted by position, so by the key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Model

from ..models import Event, Statement
from ..store.positions import MILLISECOND, first_position_at

MINUTES = 60
_MINUTE = 60_000 * MILLISECOND


@dataclass(frozen=True)
class Rate:
    """Counts of the last 60 whole minutes before the moment that was asked about, the oldest first."""

    per_minute: tuple[int, ...]

    @property
    def last_minute(self) -> int:
        return self.per_minute[-1]

    @property
    def last_quarter(self) -> int:
        return sum(self.per_minute[-15:])

    @property
    def last_hour(self) -> int:
        return sum(self.per_minute)


def statements_stored(now: datetime) -> Rate:
    return _rate(Statement, now)


def events_stored(now: datetime) -> Rate:
    """By when their statements were stored."""
    return _rate(Event, now)


def count_of_last_minute(model: type[Model], now: datetime) -> int:
    begin = first_position_at(now - timedelta(minutes=1))
    return model._default_manager.filter(position__gte=begin, position__lt=first_position_at(now)).count()


def _rate(model: type[Model], now: datetime) -> Rate:
    """One query over the last hour's part of the primary key, however many rows there are."""
    begin = first_position_at(now - timedelta(minutes=MINUTES))
    end = first_position_at(now)
    rows = (
        model._default_manager.filter(position__gte=begin, position__lt=end)
        .order_by()
        .values_list((F("position") - begin) / _MINUTE)
        .annotate(count=Count("*"))
    )
    counts = dict(rows)
    return Rate(tuple(counts.get(minute, 0) for minute in range(MINUTES)))
