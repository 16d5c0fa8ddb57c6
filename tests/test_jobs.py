"""The jobs of settings.SCHEDULE, each as a worker does it."""

import pytest
from django.conf import settings

from jobs.models import JobRun
from jobs.queueing import do_tasks
from jobs.tasks import queue_job
from jobs.workers import at_work
from riskscoring.models import ScoringRun

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", settings.SCHEDULE)
def test_a_job_that_finds_nothing_to_do_goes_well(name):
    queue_job(name)
    with at_work("tasks"):
        do_tasks()
    run = JobRun.objects.get()
    assert (run.status, run.error) == (JobRun.Status.DONE, "")


def test_the_nightly_run_says_that_nobody_started_it():
    queue_job("recompute_risk")
    with at_work("tasks"):
        do_tasks()
    assert ScoringRun.objects.get().trigger == "schedule"
