"""Runs, workers and a job of our own to try."""

from django.utils import timezone

from jobs.models import JobRun, Worker
from jobs.schedule import Job

CALLS: list[str] = []


def count_calls() -> dict[str, int]:
    CALLS.append("job")
    return {"calls": len(CALLS)}


def fail() -> dict[str, int]:
    raise ValueError("no luck")


A_JOB = Job("* * * * *", "jobs.tests.factories.count_calls", "Count")
A_FAILING_JOB = Job("* * * * *", "jobs.tests.factories.fail", "Fail")


def a_worker(**fields) -> Worker:
    """One that lives, on another machine."""
    now = timezone.now()
    return Worker.objects.create(
        **{"host": "elsewhere", "pid": 1, "roles": "tasks", "started_at": now, "seen_at": now, **fields}
    )


def a_run(**fields) -> JobRun:
    return JobRun.objects.create(**{"name": "count", **fields})
