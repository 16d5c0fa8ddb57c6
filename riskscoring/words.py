"""How a page writes times, percentages and changes of a score."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .reasons import DAYS_A_MONTH, DAYS_A_YEAR, TWO_MONTHS, TWO_YEARS

UNCHANGED_BELOW = 50  # ten-thousandths: less is not seen in two places


@dataclass(frozen=True, slots=True)
class Move:
    """A change of the score. `words` says to those who hear the page what the arrow shows to those who see it."""

    css: str  # "worse", "better" or "same"
    sign: str
    words: str


NO_MOVE = Move("none", "", "")


def move_of(change: int | None) -> Move:
    if change is None:
        return NO_MOVE
    size = f"{abs(change) / 10_000:.2f}"
    if abs(change) < UNCHANGED_BELOW:
        return Move("same", "=", _("as last week"))
    if change > 0:
        return Move("worse", f"▲ {size}", _("%(size)s more than last week") % {"size": size})
    return Move("better", f"▼ {size}", _("%(size)s less than last week") % {"size": size})


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
