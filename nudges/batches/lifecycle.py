"""How the messages to many go from one status to the next, and why not. Pure; the statuses are NudgeBatch.Status."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Action:
    """What somebody, or the clock, may do to a batch: from which statuses, and what it is afterwards."""

    name: str
    begins: frozenset[str]
    ends: str


SCHEDULE = Action("schedule", frozenset({"draft"}), "scheduled")
UNDO = Action("undo", frozenset({"scheduled"}), "draft")
START = Action("start", frozenset({"scheduled"}), "running")
PAUSE = Action("pause", frozenset({"running"}), "paused")
RESUME = Action("resume", frozenset({"paused"}), "running")
CANCEL = Action("cancel", frozenset({"scheduled", "running", "paused"}), "cancelled")
FINISH = Action("finish", frozenset({"running"}), "done")
ACTIONS = (SCHEDULE, UNDO, START, PAUSE, RESUME, CANCEL, FINISH)

FINAL = frozenset({"done", "cancelled"})

# Why a batch does not go on though nobody stopped it: NudgeBatch.halted_because, or a limit of rollout.py.
SWITCHED_OFF = "switched_off"
AUDIENCE_GONE = "audience_gone"

WHY_NOT: dict[str, str | Promise] = {
    "draft": _("It has not been sent yet."),
    "scheduled": _("It is scheduled already."),
    "running": _("It has started: what has left can’t be taken back. You can pause or cancel the rest."),
    "paused": _("It is paused."),
    "done": _("It is done: everything has left."),
    "cancelled": _("It was cancelled."),
}


def may(action: Action, status: str) -> bool:
    return status in action.begins


def offered(status: str, *, halted_because: str) -> list[Action]:
    """What people are offered to do. What its campaign's switch holds goes on by that switch, and what nobody has got
    yet is taken back rather than cancelled."""
    by_people = [action for action in (UNDO, PAUSE, RESUME, CANCEL) if may(action, status)]
    if UNDO in by_people:
        by_people.remove(CANCEL)
    if halted_because == SWITCHED_OFF and RESUME in by_people:
        by_people.remove(RESUME)
    return by_people


def why_not(action: Action, status: str) -> str | Promise:
    """The sentence for who wants what can't be done any more, or not yet; empty when it can."""
    return "" if may(action, status) else WHY_NOT[status]
