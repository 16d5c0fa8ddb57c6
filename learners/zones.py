"""The clock on a wall."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


def zone_of(name: str, *, otherwise: str = "UTC") -> ZoneInfo:
    """A time zone by its name. Nobody may know it: an import of long ago, a zone that was renamed away, a browser's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(otherwise)


def site_day(now: datetime) -> date:
    """The day by the site's own clock, also while a page is made by a learner's."""
    return timezone.localdate(now, timezone.get_default_timezone())
