"""What runs by itself: see settings.SCHEDULE."""

from django.utils import timezone

from .facts.usual_hours import refresh_usual_hours


def usual_hours() -> dict[str, int]:
    """At what hour each learner usually is active."""
    return {"changed": refresh_usual_hours(timezone.now())}
