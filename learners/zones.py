"""The clock on a wall."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str, *, otherwise: str = "UTC") -> ZoneInfo:
    """A time zone by its name. Nobody may know it: an import of long ago, a zone that was renamed away, a browser's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(otherwise)
