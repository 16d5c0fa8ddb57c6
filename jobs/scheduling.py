"""Starts each job when it is due, once, however many schedulers there are.

There is no lock that one of them would hold: whoever moves Schedule.fired_for on has started the run, in the same
transaction in which it is queued. The others find that it has moved.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .models import JobRun, Schedule
from .rules import RETRY_AFTER, PastRun, is_ahead, why_due
from .schedule import Job
from .tasks import queue_job, run_job

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=5)


def start_what_is_due() -> int:
    """One round of a scheduler; how many jobs it queued."""
    now = timezone.now()
    queue_again_what_was_lost(now)
    return sum(start_if_due(name, job, now) for name, job in settings.SCHEDULE.items())


def start_if_due(name: str, job: Job, now: datetime) -> bool:
    """A job that is new begins with its next time, not at once."""
    schedule, is_new = Schedule.objects.get_or_create(name=name, defaults={"fired_for": now})
    if is_new:
        return False
    seen = schedule.fired_for
    if is_ahead(seen, now):
        log.warning("Job %s was last started at %s, which is still to come; it goes on from now", name, seen)
        Schedule.objects.filter(pk=name, fired_for=seen).update(fired_for=now)
        return False
    why = why_due(cron=job.cron, fired_for=seen, past=_past_runs(name), now=now)
    if why is None:
        return False
    with transaction.atomic():
        if not Schedule.objects.filter(pk=name, fired_for=seen).update(fired_for=now):
            return False
        queued = queue_job(name)
    log.info("Job %s is due (%s): %s", name, why, "queued" if queued else "the last one is still under way")
    return queued


def queue_again_what_was_lost(now: datetime) -> None:
    """A queue outside the database may lose a task, or never hear of it. In the database none is lost."""
    if settings.TASK_QUEUE == "database":
        return
    for run in JobRun.objects.filter(status=JobRun.Status.WAITING, queued_at__lt=now - LOST_AFTER):
        with transaction.atomic():
            if JobRun.objects.filter(pk=run.pk, queued_at=run.queued_at).update(queued_at=now):
                run_job.enqueue(run.name, run.pk)


def _past_runs(name: str) -> list[PastRun]:
    """The newest, or none while one is under way: nothing is tried again beside itself."""
    newest = JobRun.objects.filter(name=name).order_by("-started_at", "-pk")[: len(RETRY_AFTER) + 1]
    past = []
    for run in newest:
        if run.finished_at is None:
            return []
        status = JobRun.Status(run.status)
        past.append(
            PastRun(
                went_well=status is JobRun.Status.DONE,
                was_cut_off=status is JobRun.Status.CUT_OFF,
                finished_at=run.finished_at,
            )
        )
    return past
