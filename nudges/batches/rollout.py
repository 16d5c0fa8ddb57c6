"""Whether the rest of a rollout may follow its first stage. Pure: counts and limits in, the reason against it out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OPT_OUTS: Final = "opt_outs"
COMPLAINTS: Final = "complaints"
FAILURES: Final = "failures"

# Stored with the batch: never rename one.
SENTENCES: dict[str, str | Promise] = {
    OPT_OUTS: _("Too many of the first learners opted out."),
    COMPLAINTS: _("Too many of the first learners reported the message as spam."),
    FAILURES: _("Too many of the first messages failed."),
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that is borne, in percent of those to whom the first stage was sent."""

    opt_out_percent: Decimal
    complaint_percent: Decimal
    failure_percent: Decimal


@dataclass(frozen=True, kw_only=True)
class FirstStage:
    """What came of it. `tried` are those that left, arrived or not; opt-outs and complaints are learners."""

    tried: int
    opted_out: int
    complained: int
    failed: int


def why_halt(stage: FirstStage, limits: Limits) -> str:
    """The code of the limit that was passed, the gravest first; "" when the rest may go. A limit that is just met is
    not passed, and nobody can pass one when nothing has left."""
    if not stage.tried:
        return ""
    seen = (
        (COMPLAINTS, stage.complained, limits.complaint_percent),
        (OPT_OUTS, stage.opted_out, limits.opt_out_percent),
        (FAILURES, stage.failed, limits.failure_percent),
    )
    return next((code for code, count, percent in seen if 100 * count > percent * stage.tried), "")
