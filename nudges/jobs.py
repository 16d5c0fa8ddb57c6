"""What runs by itself: see settings.SCHEDULE. Each calls one service, and says what came of it."""

from django.utils import timezone

from .campaigns.services import run_due
from .hooks.reports import catch_up_lately
from .reminders import services as reminders
from .tasks.handover import hand_over_unanswered
from .tasks.services import escalate_overdue


def send_reminders() -> dict[str, int]:
    """Often, and all day: which learners are in their window now is the service's to say."""
    return dict(reminders.send_reminders(timezone.now()))


def run_campaigns() -> dict[str, int]:
    return {"campaigns": run_due(timezone.now())}


def hand_over() -> dict[str, int]:
    return {"tasks": hand_over_unanswered(timezone.now())}


def escalate_tasks() -> dict[str, int]:
    return {"tasks": escalate_overdue(timezone.now())}


def catch_up_with_reports() -> dict[str, int]:
    """What a crash left between a call's outcome and what the provider had reported on it."""
    return {"reports": catch_up_lately(timezone.now())}
