"""Timestamps and durations, as ISO 8601 writes them. Data 4.5 and 4.6 of 1.0.3; 4.2.7 of 2.0."""

import re
from datetime import UTC, datetime

# A date and time of ISO 8601, extended or basic, as precise as the sender knows it. RFC 3339, which both versions call
# a profile of it, lets a space stand for the T; 2.0 expects us to read that.
_ZONE = r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)?"
_TIMESTAMP = re.compile(
    rf"\d{{4}}-\d\d-\d\d(?:[Tt ]\d\d(?::\d\d(?::\d\d(?:[.,]\d+)?)?)?{_ZONE})?"
    rf"|\d{{8}}[Tt]\d\d(?:\d\d(?:\d\d(?:[.,]\d+)?)?)?{_ZONE}",
    re.ASCII,
)
_UNKNOWN_ZONE = re.compile(r"[Tt ].*-00(?::?00)?$")  # minus zero: RFC 3339 has it, 4.5 of 1.0.3 forbids it
_LEAP_SECOND = re.compile(r"(?<=23:59:)60|(?<=[Tt]2359)60")

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?=[\dT])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)
_FRACTION_BEFORE_THE_LAST = re.compile(r"[.,]\d+[A-Z]T?\d")
LONGEST = 100  # characters: a duration of more says nothing, and takes its time to read
_DAY = 86_400
_SECONDS = (7 * _DAY, 365 * _DAY, 30 * _DAY, _DAY, 3600, 60, 1)  # weeks, years, months, days, hours, minutes, seconds


def read_timestamp(text: str) -> datetime:
    """The moment, in UTC. So it is taken where no offset stands, and for a date alone. Raises ValueError for the rest.

    A leap second is read as the second before it, and what is finer than a microsecond is cut off. Raises OverflowError
    at the ends of the calendar, for a moment that it does not have in UTC.
    """
    if not _TIMESTAMP.fullmatch(text) or _UNKNOWN_ZONE.search(text):
        raise ValueError(f"{text!r} is no timestamp")
    if "60" in text:
        text = _LEAP_SECOND.sub("59", text)
    moment = datetime.fromisoformat(text.upper())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def in_utc(text: str) -> str:
    """The same moment in UTC (Data 4.5; 4.2.7 of 2.0). A valid timestamp that ends in Z stays as it is written."""
    if text[-1] in "Zz":
        return text
    moment = read_timestamp(text)
    return moment.isoformat(timespec="microseconds" if moment.microsecond % 1000 else "milliseconds")[:-6] + "Z"


def read_duration(text: str) -> float | None:
    """Its seconds; None for what is no duration of ISO 8601:2004, 4.4.3.2.

    A year counts 365 days and a month 30, for want of a day on which it began.
    """
    match = _DURATION.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or _FRACTION_BEFORE_THE_LAST.search(text):
        return None
    return sum(
        float(number.replace(",", ".")) * seconds
        for number, seconds in zip(match.groups(), _SECONDS, strict=True)
        if number is not None
    )
