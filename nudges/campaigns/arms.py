"""A, B and those held out, side by side: what was done, and what came back. Counts, and no verdict: who is compared by
chance is told apart from chance only when enough time and learners have passed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from ..answering.consent import opted_out
from ..gate import Code
from ..models import NudgeBatch, Reply
from ..states import State

HOLDOUT = "holdout"
LEFT = (State.SENT, State.DELIVERED)
COUNTS = ("assigned", "sent", "delivered", "replied", "opted_out", "seen_since")  # in the order of Arm


@dataclass(frozen=True)
class Arm:
    """`assigned` are all for whom chance decided, whether or not their message left in the end."""

    name: str  # "a", "b" or "holdout"
    assigned: int
    sent: int
    delivered: int
    replied: int
    opted_out: int
    seen_since: int

    @property
    def is_held_out(self) -> bool:
        return self.name == HOLDOUT


def arms_of(batch: NudgeBatch, *, started_at: datetime) -> list[Arm]:
    """Those that were assigned anybody, a before b, the held out last. In one query."""
    said = Reply.objects.filter(nudge=OuterRef("pk"))
    assigned = Q(queued_at__isnull=False) | Q(state=State.SUPPRESSED, reason=Code.HOLDOUT)
    rows = (
        batch.nudges.order_by()
        .filter(assigned)
        .values("arm")
        .annotate(
            assigned=Count("pk"),
            sent=Count("pk", filter=Q(state__in=LEFT)),
            delivered=Count("pk", filter=Q(state=State.DELIVERED)),
            replied=Count("pk", filter=Q(Exists(said.exclude(kind=Reply.Kind.STOP)))),
            opted_out=Count("pk", filter=opted_out()),
            seen_since=Count("pk", filter=Q(learner__last_login__gt=started_at)),
        )
    )
    arms = [Arm(*row) for row in rows.values_list("arm", *COUNTS)]
    return sorted(arms, key=lambda arm: (arm.is_held_out, arm.name))
