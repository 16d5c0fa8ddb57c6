"""The task that does a job of settings.SCHEDULE, and how it is queued."""

from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from .identity import me
from .models import JobRun
from .runs import running

UNDER_WAY = (JobRun.Status.WAITING, JobRun.Status.RUNNING)


@task()
def run_job(name: str, run_id: int) -> None:
    """Do the job whose run waits. One that does not wait any more was done, or is being done, by somebody else.

    Any copy of this task may therefore be done, at any time.
    """
    worker = me()
    waiting = JobRun.objects.filter(pk=run_id, status=JobRun.Status.WAITING)
    if not waiting.update(status=JobRun.Status.RUNNING, started_at=timezone.now(), worker_id=worker.id):
        return
    run = JobRun.objects.get(pk=run_id)
    with running(run, worker):
        run.counts.update(import_string(settings.SCHEDULE[name].does)() or {})


def queue_job(name: str) -> bool:
    """Let a worker run the job, in the caller's transaction. False: one waits already, or runs."""
    if JobRun.objects.filter(name=name, status__in=UNDER_WAY).exists():
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            run = JobRun.objects.create(name=name, status=JobRun.Status.WAITING, queued_at=now, correlation_id=uuid4())
            run_job.enqueue(name, run.pk)
    except IntegrityError:  # the constraint: another was faster
        return False
    return True
