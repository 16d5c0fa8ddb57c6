"""Jobs in numbers for Prometheus, read from the database when they are asked for."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .models import JobRun
from .overview import overview


class JobsCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        found = overview(now=timezone.now())
        workers = GaugeMetricFamily("engage_jobs_workers", "Workers that are alive, by what they do", labels=["role"])
        roles = [role for worker in found.workers for role in worker.role_names]
        for role in sorted({"deliver", "tasks", "fold", "schedule", *roles}):
            workers.add_metric([role], roles.count(role))
        yield workers
        yield GaugeMetricFamily(
            "engage_jobs_tasks_waiting", "Tasks that wait in the database", value=found.tasks.waiting
        )
        oldest = found.tasks.oldest_waiting_at
        age = max(0.0, (found.now - oldest).total_seconds()) if oldest else 0.0
        yield GaugeMetricFamily("engage_jobs_tasks_oldest_seconds", "Age of the oldest of these", value=age)
        yield GaugeMetricFamily(
            "engage_jobs_tasks_failed", "Tasks that failed in the last days", value=found.tasks.failed
        )
        good = _by_job("last_good_seconds", "How long ago a job last went well; absent where it never did")
        bad = _by_job("last_run_failed", "Whether its last run failed or was cut off")
        for job in found.jobs:
            if job.last_good_at:
                good.add_metric([job.name], (found.now - job.last_good_at).total_seconds())
            if job.last:
                bad.add_metric([job.name], int(job.last.status in {JobRun.Status.FAILED, JobRun.Status.CUT_OFF}))
        yield good
        yield bad


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"engage_jobs_{name}", says, value=value)


def _by_job(name: str, says: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"engage_jobs_{name}", says, labels=["job"])
