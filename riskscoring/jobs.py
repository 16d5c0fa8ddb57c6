"""What runs by itself: see settings.SCHEDULE."""

from django.utils import timezone

from .services import recompute_risk


def recompute_all() -> dict[str, int]:
    """Everybody's facts and scores, as of today."""
    summary = recompute_risk(as_of=timezone.now().date(), trigger="schedule")
    return {"learners": summary.learners, "changed": summary.changed}
