"""How to begin the talk with a learner: kind, true, in counts and never in scores. In the reader's language. Pure."""

from decimal import ROUND_DOWN, Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONG_AGO_DAYS: Final = 7  # from then on it is worth a word


def opening_line(
    *,
    cause: str,
    first_name: str,
    caller: str,
    program: str,
    task: str | None = None,
    days_since_seen: int | None = None,
    missed_sessions: int | None = None,
    completed_percent: Decimal | None = None,
) -> str:
    """Two or three sentences to say. `caller` may be empty; so may be every fact."""
    greeting = (
        _("Hi %(name)s, this is %(caller)s from %(program)s.")
        if caller
        else _("Hi %(name)s, I am calling about %(program)s.")
    ) % {"name": first_name, "caller": caller, "program": program}
    if cause == "help":
        rest = _("You told us that you need help, and now I have time for you. What is in your way?")
    elif cause in {"reply", "fine"}:
        rest = _("Thank you for your answer. I would like to hear more: how is it going?")
    else:
        noticed = _noticed(days_since_seen, missed_sessions, completed_percent)
        asked = (
            _("How are you, and what would help you with “%(task)s”?") % {"task": task}
            if task
            else _("How are you, and what would help you now?")
        )
        rest = f"{noticed} {asked}".strip()
    return f"{greeting} {rest}"


def _noticed(days: int | None, missed: int | None, completed: Decimal | None) -> str:
    """The one fact that is easiest to talk about; empty when there is none."""
    if missed is not None and missed > 0:
        return ngettext(
            "We missed you in the last session.", "We missed you in the last %(count)d sessions.", missed
        ) % {"count": missed}
    if days is not None and days >= LONG_AGO_DAYS:
        return ngettext("It is %(count)d day since we saw you.", "It is %(count)d days since we saw you.", days) % {
            "count": days
        }
    if completed is not None and 0 < completed < 100:
        return _("You have already handed in %(percent)s%% of the work so far.") % {
            "percent": completed.quantize(Decimal(1), ROUND_DOWN)
        }
    return ""
