"""Opens and clicks: diagnostics alone. Scanners open and click everything, so nothing is decided by them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from ..models import Nudge, Touch

SURELY_A_MACHINE = timedelta(seconds=60)  # after sending: nobody reads that fast, a scanner does
KEPT_PER_NUDGE = 20  # whoever asks more often tells us nothing new


@dataclass(frozen=True)
class Tally:
    """How often a message was opened and clicked, machines apart."""

    opens: int = 0
    clicks: int = 0
    machines: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.opens or self.clicks or self.machines)


def note_touch(nudge: Nudge, kind: str, *, at: datetime | None = None) -> None:
    at = at or timezone.now()
    if Touch.objects.filter(nudge=nudge).count() < KEPT_PER_NUDGE:
        Touch.objects.create(nudge=nudge, kind=kind, at=at, is_machine=is_machine(nudge.sent_at, at))


def is_machine(sent_at: datetime | None, at: datetime) -> bool:
    """Whether it came too soon for a person. Before we know that it was sent, it is too soon as well."""
    return sent_at is None or at - sent_at < SURELY_A_MACHINE


def tally_of(nudge: Nudge) -> Tally:
    touches = list(nudge.touches.values_list("kind", "is_machine"))
    return Tally(
        opens=sum(kind != Touch.Kind.CLICK and not machine for kind, machine in touches),
        clicks=sum(kind == Touch.Kind.CLICK and not machine for kind, machine in touches),
        machines=sum(machine for _kind, machine in touches),
    )
