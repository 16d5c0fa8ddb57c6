"""What each field of a learner may be: one reader a field, for the importer, the API and the admin alike.

A reader takes what came in (a cell's text, a JSON value, a form's value) and returns a `Reading`. Nothing is guessed:
blank is None ("no data", never zero), what can't be read is an error, and a readable number out of range is kept as it
came, with a warning, because scoring clamps and flags it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

HUNDREDTH = Decimal("0.01")
PERCENT_LIMIT = 100_000  # the column keeps seven digits, two of them after the point
MISSED_LIMIT = 1_000_000
UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and halves of a character
# The simple majority of addresses, known good without asking Django's slower validator.
PLAIN_EMAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SCORED_YEARS = range(1900, 3000)  # a trend looks weeks back and ahead: at the calendar's ends there are none
STATUSES = ("active", "finished", "left")  # the values of models.Status
RESERVED_IDS = frozenset({"import", ".", ".."})  # each would be another page's address


class Reading(NamedTuple):
    """A value, or why there is none. An error means that the value can't be stored; a warning, how it will count."""

    value: Any = None
    error: str = ""
    warning: str = ""


BLANK = Reading()


def _text(raw: object) -> str:
    return "" if raw is None else str(raw).strip()


def _quoted(text: str) -> str:
    shown = UNSTORABLE.sub("�", text[:40])
    return f"“{shown}…”" if len(text) > 40 else f"“{shown}”"


def _number(raw: object, text: str) -> Decimal | None:
    """The finite number that `text` spells, else None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return None if "_" in text or isinstance(raw, bool) or not number.is_finite() else number


def _read_line(raw: object, *, max_length: int) -> Reading:
    text = _text(raw)
    if len(text) > max_length:
        return Reading(error=_("is longer than %(limit)d characters.") % {"limit": max_length})
    if UNSTORABLE.search(text):
        return Reading(error=_("holds a character that can't be stored, such as a line break."))
    return Reading(text) if text else BLANK


def read_uid(raw: object) -> Reading:
    reading = _read_line(raw, max_length=64)
    if reading.value and ("/" in reading.value or "\\" in reading.value or reading.value in RESERVED_IDS):
        return Reading(
            error=_("%(value)s can't be an id, because it can't stand in a page's address.")
            % {"value": _quoted(reading.value)}
        )
    return reading


def read_name(raw: object) -> Reading:
    return _read_line(raw, max_length=200)


def read_email(raw: object) -> Reading:
    text = _text(raw).lower()
    if not text:
        return BLANK
    if len(text) > 254:
        return Reading(error=_("is longer than %(limit)d characters.") % {"limit": 254})
    if not PLAIN_EMAIL.fullmatch(text):
        try:
            validate_email(text)
        except ValidationError:
            return Reading(error=_("%(value)s is not an email address.") % {"value": _quoted(text)})
    return Reading(text)


def read_phone(raw: object) -> Reading:
    """A number with its country code, as + and digits; without either it can't be told whose it is."""
    text = _text(raw)
    if not text:
        return BLANK
    digits = re.sub(r"[\s().\-/]", "", text)
    if re.fullmatch(r"(\+|00)[1-9][0-9]{6,14}", digits):
        return Reading("+" + digits.removeprefix("+").removeprefix("00"))
    if re.fullmatch(r"[1-9][0-9]{10,14}", digits):  # spreadsheets drop the plus
        return Reading(f"+{digits}", warning=_("has no plus: read as +%(digits)s.") % {"digits": digits})
    return Reading(
        error=_("%(value)s is not a phone number with its country code, like +8801712345678.")
        % {"value": _quoted(text)}
    )


def read_percent(raw: object) -> Reading:
    """A Decimal with two places, rounded half up. Out of 0 to 100 it is kept, and counts as the nearer end."""
    text = _text(raw)
    if not text:
        return BLANK
    number = _number(raw, text.removesuffix("%").rstrip())
    if number is None:
        return Reading(error=_("%(value)s is not a number.") % {"value": _quoted(text)})
    if abs(number) >= PERCENT_LIMIT - 1:
        return Reading(error=_("%(value)s is too large for a percentage.") % {"value": _quoted(text)})
    percent = number.quantize(HUNDREDTH, ROUND_HALF_UP)
    if 0 <= percent <= 100:
        return Reading(abs(percent))  # no minus zero
    return Reading(
        percent, warning=_("is %(value)s, counted as %(counted)d.") % {"value": percent, "counted": 100 * (percent > 0)}
    )


def read_missed_sessions(raw: object) -> Reading:
    """A whole number, also as spreadsheets write it ("3.0"). Below zero it is kept, and counts as zero."""
    text = _text(raw)
    if not text:
        return BLANK
    number = _number(raw, text)
    if number is None:
        return Reading(error=_("%(value)s is not a number.") % {"value": _quoted(text)})
    if abs(number) > MISSED_LIMIT:
        return Reading(error=_("%(value)s is too large.") % {"value": _quoted(text)})
    if number != int(number):
        return Reading(error=_("%(value)s is not a whole number.") % {"value": _quoted(text)})
    warning = _("is %(value)d, counted as 0.") % {"value": number} if number < 0 else ""
    return Reading(int(number), warning=warning)


def read_time(raw: object) -> Reading:
    """A date, or a date and time with any zone, as UTC. Without a zone it is UTC, without a time midnight."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime.combine(raw, time.min)
    text = _text(raw)
    if not text:
        return BLANK
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return Reading(
            error=_("%(value)s is not a date that can be read. Write it like 2024-01-31 or 2024-01-31T14:30:00Z.")
            % {"value": _quoted(text)}
        )
    return Reading(moment)


def read_day(raw: object) -> Reading:
    """The UTC date of anything that read_time reads, as a day to score as of."""
    reading = read_time(raw)
    if reading.value is None:
        return reading
    day = reading.value.date()
    if day.year not in SCORED_YEARS:
        return Reading(
            error=_("%(value)s is out of reach: give a day from %(first)d to %(last)d.")
            % {"value": _quoted(_text(raw)), "first": SCORED_YEARS[0], "last": SCORED_YEARS[-1]}
        )
    return Reading(day)


def read_language(raw: object) -> Reading:
    code = _text(raw).lower()
    known = [code for code, _name in settings.LANGUAGES]
    if code and code not in known:
        return Reading(
            error=_("%(value)s is not a language of this site. It has: %(known)s.")
            % {"value": _quoted(code), "known": ", ".join(known)}
        )
    return Reading(code) if code else BLANK


def read_timezone(raw: object) -> Reading:
    name = _text(raw)
    if name and name not in available_timezones():
        return Reading(error=_("%(value)s is not a time zone. Write it like Asia/Dhaka.") % {"value": _quoted(name)})
    return Reading(name) if name else BLANK


def read_status(raw: object) -> Reading:
    """Where the learner stands in the course: one of STATUSES, whatever its case."""
    word = _text(raw).lower()
    if word and word not in STATUSES:
        return Reading(
            error=_("%(value)s is not a status. Write one of: %(known)s.")
            % {"value": _quoted(word), "known": ", ".join(STATUSES)}
        )
    return Reading(word) if word else BLANK


READERS: Mapping[str, Callable[[object], Reading]] = MappingProxyType(
    {
        "uid": read_uid,
        "name": read_name,
        "email": read_email,
        "phone": read_phone,
        "program": read_name,
        "cohort": read_name,
        "status": read_status,
        "language": read_language,
        "timezone": read_timezone,
        "last_login": read_time,
        "completed_percent": read_percent,
        "avg_quiz_score": read_percent,
        "consecutive_missed_sessions": read_missed_sessions,
    }
)
