"""By when something is to be done, in the words of a message: "today, 18:00". Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils import translation
from django.utils.dateformat import format as format_date

from learners.zones import zone_of

TODAY: Final = {"en": "today", "bn": "আজ"}
TOMORROW: Final = {"en": "tomorrow", "bn": "আগামীকাল"}


def in_words(when: date | datetime, *, now: datetime, timezone: str, language: str) -> str:
    """The day as the learner's own calendar has it at `now`, and the hour of a moment by the learner's clock.

    Digits are Western in every language, as in all messages.
    """
    zone = zone_of(timezone)
    if isinstance(when, datetime):
        local = when.astimezone(zone)
        return f"{_day(local.date(), now.astimezone(zone).date(), language)}, {local:%H:%M}"
    return _day(when, now.astimezone(zone).date(), language)


def _day(day: date, today: date, language: str) -> str:
    if day == today:
        return TODAY.get(language, TODAY["en"])
    if day == today + timedelta(days=1):
        return TOMORROW.get(language, TOMORROW["en"])
    with translation.override(language):
        return format_date(day, "j F")
