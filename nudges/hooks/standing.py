"""What the reports on one message mean together, in whatever order and how often they came. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..gate.rules import Code
from ..states import NEXT, State


class Kind(StrEnum):
    """Stored with each report: never rename one."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DEFERRED = "deferred"  # not yet; it goes on trying
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # this message; the address may be good
    BOUNCED = "bounced"  # nothing will ever arrive at the address
    OPTED_OUT = "opted_out"  # not delivered: the learner has told the provider to stop
    READ = "read"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    INBOUND = "inbound"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One thing that a provider says of one message. `key` is the same whenever it says it again."""

    provider: str
    key: str
    kind: Kind
    provider_message_id: str = ""
    nudge: str = ""  # our own id of the message, where the provider hands it back
    address: str = ""  # which it is about, where the provider says
    detail: str = ""
    at: datetime


@dataclass(frozen=True)
class Standing:
    state: State
    reason: str = ""


# What each kind proves, the stronger the later. A server that has "delivered" may find afterwards that nobody is there;
# against somebody who has read it, no failure is true.
PROOFS: Final[tuple[tuple[frozenset[Kind], Standing], ...]] = (
    (frozenset({Kind.ACCEPTED, Kind.SENT, Kind.DEFERRED}), Standing(State.SENT)),
    (frozenset({Kind.DELIVERED}), Standing(State.DELIVERED)),
    (frozenset({Kind.UNDELIVERED}), Standing(State.FAILED, "undelivered")),
    (frozenset({Kind.OPTED_OUT}), Standing(State.FAILED, "unsubscribed")),
    (frozenset({Kind.BOUNCED}), Standing(State.FAILED, Code.BOUNCED.value)),
    (frozenset({Kind.READ, Kind.COMPLAINED, Kind.UNSUBSCRIBED}), Standing(State.DELIVERED)),
)


def standing_of(kinds: Iterable[str]) -> Standing | None:
    """Where these reports together say that a message stands; None when they say nothing of it."""
    said = set(kinds)
    return next((standing for proofs, standing in reversed(PROOFS) if said & proofs), None)


def step(state: State, reason: str, standing: Standing) -> Standing | None:
    """The step to take from a nudge's state and reason; None when there is none to take.

    One that waits to be tried again is taken back by any report: whoever reports on it has taken it.
    """
    if (state, reason) == (standing.state, standing.reason) or standing.state not in NEXT.get(state, frozenset()):
        return None
    return standing
