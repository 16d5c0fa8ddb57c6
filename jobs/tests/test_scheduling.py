from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs.models import JobRun, Schedule
from jobs.queueing import do_tasks
from jobs.scheduling import start_if_due, start_what_is_due
from jobs.tasks import queue_job, run_job
from jobs.tests.factories import A_FAILING_JOB, A_JOB, a_run, a_worker
from learners.tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def start(now=NOON) -> bool:
    return start_if_due("count", A_JOB, now)


@pytest.fixture
def known(schedule):
    """A job that was last due at noon."""
    return Schedule.objects.create(name="count", fired_for=NOON)


def test_a_new_job_begins_with_its_next_time(schedule):
    assert not start(NOON)
    assert not start(NOON)
    assert start(NOON + MINUTE)


def test_a_job_that_is_due_is_queued_once(known):
    assert start(NOON + MINUTE)
    assert not start(NOON + MINUTE)
    assert JobRun.objects.get().status == JobRun.Status.WAITING
    assert DBTaskResult.objects.count() == 1


def test_after_downtime_it_is_queued_once_and_then_at_its_times(known, worker, calls):
    start(NOON + timedelta(days=30))
    do_tasks()
    assert not start(NOON + timedelta(days=30))
    assert start(NOON + timedelta(days=30) + MINUTE)
    assert calls == ["job"]


def test_a_job_whose_last_run_waits_is_not_queued_again(known):
    start(NOON + MINUTE)
    assert not start(NOON + 2 * MINUTE)
    assert JobRun.objects.count() == 1


def test_a_job_that_still_runs_is_not_queued_again(known):
    run = a_run(worker_id=a_worker().pk)
    assert not start(NOON + MINUTE)
    run.status, run.finished_at = JobRun.Status.DONE, NOON + MINUTE
    run.save()
    assert start(NOON + 2 * MINUTE)


def test_a_clock_that_was_ahead_is_not_waited_for(known):
    Schedule.objects.update(fired_for=NOON + timedelta(days=4000))
    assert not start(NOON)
    assert Schedule.objects.get().fired_for == NOON
    assert start(NOON + MINUTE)


def test_a_clock_that_is_set_back_a_little_starts_nothing_twice(known):
    start(NOON + MINUTE)
    JobRun.objects.all().delete()
    assert not start(NOON + MINUTE - timedelta(seconds=30))
    assert not start(NOON + MINUTE + timedelta(seconds=30))
    assert start(NOON + 2 * MINUTE)


def test_what_failed_is_tried_again(schedule, worker):
    schedule["count"] = A_FAILING_JOB
    Schedule.objects.create(name="count", fired_for=timezone.now())
    job = A_FAILING_JOB.__class__("0 2 29 2 *", A_FAILING_JOB.does, "")
    queue_job("count")
    do_tasks()
    run = JobRun.objects.get()
    assert (run.status, run.error) == (JobRun.Status.FAILED, "ValueError: no luck")
    assert not start_if_due("count", job, run.finished_at + timedelta(seconds=59))
    assert start_if_due("count", job, run.finished_at + MINUTE)
    assert not start_if_due("count", job, run.finished_at + MINUTE)  # it waits


def test_a_round_goes_through_all_jobs(settings):
    settings.SCHEDULE = {"one": A_JOB, "two": A_JOB}
    with time_machine.travel(NOON, tick=False):
        assert start_what_is_due() == 0
    with time_machine.travel(NOON + MINUTE, tick=False):
        assert start_what_is_due() == 2
        assert start_what_is_due() == 0


def test_a_queued_job_is_run_and_leaves_its_counts(schedule, worker, calls):
    assert queue_job("count")
    do_tasks()
    run = JobRun.objects.get()
    assert (run.status, run.counts, run.worker_id) == (JobRun.Status.DONE, {"calls": 1}, worker.id)


def test_a_copy_of_the_task_does_nothing(schedule, worker, calls):
    queue_job("count")
    run_job.enqueue("count", JobRun.objects.get().pk)
    assert do_tasks() == 2
    assert calls == ["job"]


def test_queueing_twice_queues_once(schedule):
    assert queue_job("count")
    assert not queue_job("count")
    assert DBTaskResult.objects.count() == 1


def test_what_redis_lost_is_queued_again(schedule, settings, worker, calls):
    queue_job("count")
    DBTaskResult.objects.all().delete()
    start_what_is_due()
    assert not DBTaskResult.objects.exists()  # the database loses none
    settings.TASK_QUEUE = "redis"
    start_what_is_due()
    assert not DBTaskResult.objects.exists()  # it may just be late
    JobRun.objects.update(queued_at=timezone.now() - timedelta(minutes=6))
    start_what_is_due()
    start_what_is_due()
    assert do_tasks() == 1
    assert calls == ["job"]


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_of_many_schedulers_one_starts_the_job(settings, attempt):
    names = [f"job {number}" for number in range(10)]
    settings.SCHEDULE = dict.fromkeys(names, A_JOB)
    long_ago = timezone.now() - timedelta(hours=1)
    Schedule.objects.bulk_create(Schedule(name=name, fired_for=long_ago) for name in names)
    at_once(*[start_what_is_due] * 4)
    assert sorted(JobRun.objects.values_list("name", flat=True)) == names
    assert DBTaskResult.objects.count() == len(names)


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_run_now_by_two_at_once_queues_once(schedule):
    at_once(*[lambda: queue_job("count")] * 4)
    assert DBTaskResult.objects.count() == JobRun.objects.count() == 1
