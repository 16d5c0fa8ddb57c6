"""How a page writes times and percentages."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

TWO_MONTHS, TWO_YEARS = 60, 731  # in days; from then on in months, and in years
DAYS_A_MONTH, DAYS_A_YEAR = 30.44, 365.25


def whole(number: Decimal | None) -> str:
    """45.5 as 46; no number is blank."""
    return "" if number is None else str(number.quantize(Decimal(1), ROUND_HALF_UP))


def ago(moment: datetime, today: date) -> str:
    """How many whole days, in UTC, before today."""
    return _days_ago((today - moment.astimezone(UTC).date()).days, get_language())


@lru_cache(maxsize=4096)
def _days_ago(days: int, _language: str | None) -> str:
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < TWO_MONTHS:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    if days < TWO_YEARS:
        months = round(days / DAYS_A_MONTH)
        return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
    years = round(days / DAYS_A_YEAR)
    return ngettext("%(count)d year ago", "%(count)d years ago", years) % {"count": years}


def exactly(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
