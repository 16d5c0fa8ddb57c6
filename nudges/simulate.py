"""A whole round at once: score everyone, then nudge those above a threshold, as a nightly run would."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from riskscoring.models import RiskScore
from riskscoring.services import RunSummary, recompute_risk

from .audience import Audience
from .bulk import draft_batch, queue_batch, start_batch, texts_of
from .models import NudgeType
from .progress import progress_of

CHUNKS_AT_ONCE = 5  # the caller waits for so many; the worker does the rest


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What came of it. `nudged` are on their way, `suppressed` are not, by the gate's codes, `waiting` come later."""

    summary: RunSummary
    above_threshold: int
    nudged: int = 0
    suppressed: dict[str, int]
    waiting: int = 0


def run_simulation(
    *, as_of: date, auto_nudge: bool, risk_threshold: Decimal, channel: str, by: User | None
) -> Simulation:
    """Score all learners as of a day; with `auto_nudge`, queue a reminder for all above the threshold (0 to 1).

    Those of whom too little is known have no score that counts, so they are never above it. Raises WriterFailed and
    TextRefused when there is no text to send: the scores stay, and nobody is nudged. The network may be called, so
    never call this inside a transaction.
    """
    summary = recompute_risk(as_of=as_of, trigger="api", started_by=by)
    audience = Audience(above=int(risk_threshold * 10_000))
    above_threshold = RiskScore.objects.filter(priority__gt=audience.above).count()
    if not (auto_nudge and above_threshold):
        return Simulation(summary=summary, above_threshold=above_threshold, suppressed={})
    batch = draft_batch(audience=audience, channel=channel, type=NudgeType.REMINDER, language="", by=by)
    start_batch(batch, texts=texts_of(batch), by=by)
    queue_batch(batch, max_chunks=CHUNKS_AT_ONCE)
    progress = progress_of(batch)
    return Simulation(
        summary=summary,
        above_threshold=above_threshold,
        nudged=progress.total - progress.suppressed.total(),
        suppressed=dict(progress.suppressed),
        waiting=max(0, above_threshold - progress.total),
    )
