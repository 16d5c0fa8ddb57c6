"""How a page writes changes of a score."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

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
