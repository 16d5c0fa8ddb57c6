"""What nobody asks for any more is thrown away, every night."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from .models import JobRun

RUNS_KEPT = timedelta(days=90)
TASKS_KEPT = timedelta(days=14)


def clean_up() -> dict[str, int]:
    """Old runs, results of tasks, and sessions that are over; how many of each."""
    now = timezone.now()
    old = {
        "runs": JobRun.objects.filter(finished_at__lt=now - RUNS_KEPT),
        "tasks": DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
