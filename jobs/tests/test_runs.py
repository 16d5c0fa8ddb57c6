import os

import pytest

from jobs.correlation import correlation_id
from jobs.models import JobRun, Worker
from jobs.runs import ERROR_LENGTH, job_run

pytestmark = pytest.mark.django_db


def test_a_run_that_ends_is_done_with_what_came_of_it():
    with job_run("count") as run:
        assert JobRun.objects.get().status == JobRun.Status.RUNNING
        run.counts["learners"] = 3
    run.refresh_from_db()
    assert (run.status, run.counts, run.error) == (JobRun.Status.DONE, {"learners": 3}, "")
    assert run.finished_at >= run.started_at


def test_an_error_is_written_down_and_goes_on():
    def begin():
        with job_run("count") as run:
            run.counts["learners"] = 2
            raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        begin()
    run = JobRun.objects.get()
    assert (run.status, run.counts, run.error) == (JobRun.Status.FAILED, {"learners": 2}, "ValueError: no luck")


def test_a_long_error_is_cut():
    with pytest.raises(ValueError), job_run("count"):
        raise ValueError("x" * 10_000)
    assert len(JobRun.objects.get().error) == ERROR_LENGTH


def test_a_process_that_is_told_to_end_leaves_its_run_cut_off():
    with pytest.raises(SystemExit), job_run("count"):
        raise SystemExit
    assert JobRun.objects.get().status == JobRun.Status.CUT_OFF


def test_a_run_inside_one_of_its_name_is_that_one():
    with job_run("count") as outer, job_run("count") as inner, job_run("other") as other:
        assert inner is outer
        assert other is not outer
    assert JobRun.objects.count() == 2


def test_a_command_is_a_worker_for_as_long_as_its_job_runs():
    with job_run("count") as run:
        assert Worker.objects.get().pk == run.worker_id
        assert Worker.objects.get().pid == os.getpid()
    assert not Worker.objects.exists()


def test_a_run_of_a_worker_is_that_workers(worker):
    with job_run("count") as run:
        assert run.worker_id == worker.id
        assert worker.runs == {run.pk}
    assert worker.runs == set()


def test_what_a_run_does_has_its_correlation_id():
    with job_run("count") as run:
        assert correlation_id() == run.correlation_id
    assert correlation_id() is None
