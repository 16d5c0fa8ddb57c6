"""How many learners a segment holds: exact, and of very many as it was up to a minute ago."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.cache.backends.locmem import LocMemCache

from .segments import SegmentFilter, SegmentInvalid

# Each process remembers for itself: a shared cache may be the database, which reading a page should not write to.
MANY = 20_000
REMEMBERED_SECONDS = 60
_remembered = LocMemCache("nudges.campaigns.counting", {})


@dataclass(frozen=True)
class Count:
    learners: int
    at: datetime
    is_remembered: bool = False


def count_of(query: str, *, user: User | None, now: datetime) -> Count:
    """In one query, or none. Raises SegmentInvalid."""
    segment = SegmentFilter.of(query, user=user, now=now)
    if not segment.is_valid():
        raise SegmentInvalid(segment.problems)
    key = f"{user.pk if user else ''}:{query}"
    if remembered := _remembered.get(key):
        learners, at = remembered
        return Count(learners, at, is_remembered=True)
    learners = segment.qs.order_by().count()
    if learners > MANY:
        _remembered.set(key, (learners, now), REMEMBERED_SECONDS)
    return Count(learners, now)
