"""All that the page about jobs shows, read in a fixed number of queries; and what metrics tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import JobRun, Schedule, Worker
from .rules import next_after
from .workers import dead_workers

RUNS_SHOWN = 50
TASKS_SHOWN = 20
LATE_SECONDS = 120.0


@dataclass(frozen=True)
class JobState:
    """`last` is the newest run that began; None: there was none yet."""

    name: str
    title: Any
    cron: str
    next_at: datetime
    last: JobRun | None
    last_good_at: datetime | None
    is_waiting: bool

    @property
    def is_under_way(self) -> bool:
        return self.is_waiting or (self.last is not None and self.last.status == JobRun.Status.RUNNING)


@dataclass(frozen=True)
class Tasks:
    """Tasks in the database; those in Redis are Dramatiq's to tell."""

    waiting: int
    running: int
    failed: int
    oldest_waiting_at: datetime | None


@dataclass(frozen=True)
class Overview:
    now: datetime
    jobs: tuple[JobState, ...]
    runs: tuple[JobRun, ...]
    workers: tuple[Worker, ...]
    dead: tuple[Worker, ...]
    tasks: Tasks
    failed_tasks: tuple[DBTaskResult, ...]

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What somebody should look at now, each with what to do. Empty when all is well."""
        return tuple(_problems(self))

    @property
    def is_redis(self) -> bool:
        return settings.TASK_QUEUE == "redis"


def overview(*, now: datetime) -> Overview:
    dead = tuple(dead_workers(now))
    dead_ids = {worker.pk for worker in dead}
    runs = tuple(JobRun.objects.exclude(status=JobRun.Status.WAITING)[:RUNS_SHOWN])
    jobs = tuple(job_states(now=now))
    for run in (*runs, *(job.last for job in jobs if job.last)):
        if run.status == JobRun.Status.RUNNING and run.worker_id in dead_ids:
            run.status = JobRun.Status.CUT_OFF  # as the next worker will write down
    return Overview(
        now=now,
        jobs=jobs,
        runs=runs,
        workers=tuple(Worker.objects.exclude(pk__in=dead_ids)),
        dead=dead,
        tasks=count_tasks(),
        failed_tasks=tuple(DBTaskResult.objects.failed().order_by("-finished_at")[:TASKS_SHOWN]),
    )


def job_states(*, now: datetime) -> Iterator[JobState]:
    """Each job of settings.SCHEDULE, in its order."""
    begun = JobRun.objects.exclude(status=JobRun.Status.WAITING)
    newest = begun.filter(name=OuterRef("name")).order_by("-started_at", "-pk").values("pk")[:1]
    last = {run.name: run for run in begun.filter(name__in=settings.SCHEDULE, pk=Subquery(newest))}
    good = JobRun.objects.filter(status=JobRun.Status.DONE, name=OuterRef("name")).order_by("-started_at", "-pk")
    schedules = {row.name: row for row in Schedule.objects.annotate(good_at=Subquery(good.values("finished_at")[:1]))}
    waiting = set(JobRun.objects.filter(status=JobRun.Status.WAITING).values_list("name", flat=True))
    for name, job in settings.SCHEDULE.items():
        row = schedules.get(name)
        yield JobState(
            name=name,
            title=job.title,
            cron=job.cron,
            next_at=next_after(row.fired_for if row else now, job.cron),
            last=last.get(name),
            last_good_at=row.good_at if row else None,
            is_waiting=name in waiting,
        )


def count_tasks() -> Tasks:
    unfinished = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).order_by()
    found = {
        status: (count, oldest)
        for status, count, oldest in unfinished.values_list("status").annotate(
            count=Count("*"), oldest=Min("enqueued_at")
        )
    }
    none = (0, None)
    waiting, oldest = found.get(TaskResultStatus.READY, none)
    return Tasks(
        waiting=waiting,
        running=found.get(TaskResultStatus.RUNNING, none)[0],
        failed=found.get(TaskResultStatus.FAILED, none)[0],
        oldest_waiting_at=oldest,
    )


def _problems(found: Overview) -> Iterator[str]:
    for role, missing in {
        "schedule": _("Nothing starts jobs when they are due. Start manage.py work, or manage.py schedule."),
        "tasks": _("Nothing does the jobs that are due. Start manage.py work."),
        "deliver": _("Nothing sends nudges. Start manage.py work, or manage.py deliver_nudges --loop."),
        "fold": _("Nothing makes events of statements. Start manage.py work, or manage.py fold_statements --loop."),
    }.items():
        if not any(role in worker.role_names for worker in found.workers):
            yield missing
    for worker in found.dead:
        yield _("A worker on %(host)s died (%(roles)s). What it had in hand is done again when another works.") % {
            "host": worker.host,
            "roles": worker.roles,
        }
    for job in found.jobs:
        if job.last and job.last.status in {JobRun.Status.FAILED, JobRun.Status.CUT_OFF}:
            yield _("“%(job)s” went wrong the last time. The reason stands below.") % {"job": job.title}
    if found.tasks.failed:
        yield ngettext("%(count)s task has failed.", "%(count)s tasks have failed.", found.tasks.failed) % {
            "count": found.tasks.failed
        }
