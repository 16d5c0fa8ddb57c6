"""How far a batch has got: counted from its nudges, so that the sums are those of the delivery log."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from ..gate import Code
from ..models import NudgeBatch
from ..states import State
from .lifecycle import FINAL

UNDER_WAY = (State.QUEUED, State.SENDING)
GOING = (Code.ALLOWED, Code.QUIET_HOURS)  # of those counted when it was planned: now, or after their quiet hours
LARGE = 50_000  # nudges: from here on counting takes long enough to do it less often


@dataclass(frozen=True)
class Progress:
    status: str
    states: Counter[str]
    reasons: dict[str, Counter[str]]  # by state, the codes of those that have a reason
    stuck: int = 0  # of those in SENDING: nobody is at them any more
    for_later: int = 0  # of those in QUEUED: at the learner's hour, after quiet hours, or to be tried again

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def under_way(self) -> int:
        return sum(self.states[state] for state in UNDER_WAY) - self.stuck

    @property
    def not_held_back(self) -> int:
        """All but those that the gate kept, which never were on their way: what the bar is measured by."""
        return self.total - self.states[State.SUPPRESSED]

    @property
    def left(self) -> int:
        return self.not_held_back - self.under_way

    @property
    def arrived(self) -> int:
        return self.states[State.SENT] + self.states[State.DELIVERED]

    @property
    def suppressed(self) -> Counter[str]:
        return self.reasons.get(State.SUPPRESSED, Counter())

    @property
    def is_over(self) -> bool:
        """Nothing changes any more by itself."""
        return self.status in FINAL and not self.under_way

    @property
    def seconds_between_looks(self) -> int:
        return 10 if self.total > LARGE else 2

    @property
    def by_state(self) -> list[tuple[State, int]]:
        return [(state, self.states[state]) for state in State if self.states[state]]

    @property
    def by_reason(self) -> list[tuple[State, str, int]]:
        """State, code and count, the most frequent of each state first."""
        return [
            (state, code, count)
            for state in State
            for code, count in self.reasons.get(state, Counter()).most_common()
            if state not in UNDER_WAY
        ]


def progress_of(batch: NudgeBatch) -> Progress:
    """In two queries."""
    states: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {}
    now, for_later = timezone.now(), 0
    later = Count("pk", filter=Q(state=State.QUEUED, due_at__gt=now))
    rows = batch.nudges.order_by().values_list("state", "reason").annotate(nudges=Count("pk"), later=later)
    for state, reason, nudges, of_these_later in rows:
        states[state] += nudges
        for_later += of_these_later
        if reason:
            reasons.setdefault(state, Counter())[reason] += nudges
    stuck = batch.nudges.stuck(now).count() if states[State.SENDING] else 0
    return Progress(batch.status, states, reasons, stuck=stuck, for_later=for_later)


def planned_going(batch: NudgeBatch) -> int:
    """How many were to get it when it was planned."""
    return sum(batch.counts.get(code, 0) for code in GOING)
