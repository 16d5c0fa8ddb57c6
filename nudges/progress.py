"""How far a bulk nudge has got."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from .models import NudgeBatch
from .states import State

UNDER_WAY = (State.QUEUED, State.SENDING)


@dataclass(frozen=True)
class Progress:
    states: Counter[str]
    reasons: Counter[str]  # codes of those that were not sent or failed
    suppressed: Counter[str]  # codes of those that the gate stopped, which are among them
    is_all_queued: bool
    stuck: int = 0  # of those in SENDING: nobody is at them any more

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def under_way(self) -> int:
        return sum(self.states[state] for state in UNDER_WAY) - self.stuck

    @property
    def done(self) -> int:
        return self.total - self.under_way

    @property
    def arrived(self) -> int:
        return self.states[State.SENT] + self.states[State.DELIVERED]

    @property
    def is_done(self) -> bool:
        return self.is_all_queued and not self.under_way

    @property
    def by_reason(self) -> list[tuple[str, int]]:
        return self.reasons.most_common()

    @property
    def by_state(self) -> list[tuple[State, int]]:
        return [(state, self.states[state]) for state in State if self.states[state]]


def progress_of(batch: NudgeBatch) -> Progress:
    """In two queries."""
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    suppressed: Counter[str] = Counter()
    rows = batch.nudges.order_by().values_list("state", "reason").annotate(nudges=Count("pk"))
    for state, reason, nudges in rows:
        states[state] += nudges
        if reason:
            reasons[reason] += nudges
        if state == State.SUPPRESSED:
            suppressed[reason] += nudges
    stuck = batch.nudges.stuck(timezone.now()).count()
    return Progress(states, reasons, suppressed, is_all_queued=batch.finished_at is not None, stuck=stuck)
