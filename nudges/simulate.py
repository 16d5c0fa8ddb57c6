"""A whole round at once: score everyone, then nudge those above a threshold, as a nightly run would."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from riskscoring.models import RiskScore
from riskscoring.services import RunSummary, recompute_risk

from . import batches
from .audience import Audience
from .batches.progress import progress_of
from .models import NudgeType, Origin
from .wordings import write_texts


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What came of it. `nudged` are on their way, `suppressed` are not, by the gate's codes."""

    summary: RunSummary
    above_threshold: int
    nudged: int = 0
    suppressed: dict[str, int]


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
    texts = write_texts(audience.learners(by), channels=[channel], type=NudgeType.REMINDER)
    with transaction.atomic():
        batch = batches.create(
            audience=audience,
            channels=[channel],
            type=NudgeType.REMINDER,
            origin=Origin.SIMULATION,
            texts=texts,
            by=by,
        )
        batches.schedule(batch, by=by, undo=timedelta(0))
        batches.start(batch.pk, now=timezone.now())
    progress = progress_of(batch)
    return Simulation(
        summary=summary,
        above_threshold=above_threshold,
        nudged=progress.total - progress.suppressed.total(),
        suppressed=dict(progress.suppressed),
    )
