import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import JobRun, Worker
from jobs.tests.factories import a_run, a_worker
from jobs.workers import at_work, beat, bury_the_dead

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=2)


def bury() -> int:
    return bury_the_dead(timezone.now())


def a_process_that_ended() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_worker_has_a_row_for_as_long_as_it_works():
    with at_work("tasks,fold") as me:
        row = Worker.objects.get(pk=me.id)
        assert (row.host, row.pid, row.roles) == (socket.gethostname(), os.getpid(), "tasks,fold")
        assert bury() == 0
    assert not Worker.objects.exists()


def test_the_runs_of_a_silent_worker_are_cut_off():
    now = timezone.now()
    run = a_run(worker_id=a_worker(seen_at=now - LONG_AGO).pk)
    others = a_run(worker_id=a_worker().pk)
    assert bury() == 1
    run.refresh_from_db()
    others.refresh_from_db()
    assert (run.status, others.status) == (JobRun.Status.CUT_OFF, JobRun.Status.RUNNING)
    assert run.finished_at >= now
    assert bury() == 0


def test_a_process_that_is_gone_is_noticed_at_once():
    a_worker(host=socket.gethostname(), pid=a_process_that_ended())
    assert bury() == 1


def test_a_process_that_is_there_may_be_silent_for_a_while():
    a_worker(host=socket.gethostname(), pid=os.getppid(), seen_at=timezone.now() - LONG_AGO)
    assert bury() == 0


def test_a_container_that_was_started_again_is_another_worker():
    """Everybody is process 1 there, and the machine has the same name."""
    a_worker(host=socket.gethostname(), pid=os.getpid(), started_at=timezone.now() - timedelta(days=1))
    assert bury() == 1


def test_who_begins_to_work_looks_after_the_dead():
    run = a_run(worker_id=a_worker(seen_at=timezone.now() - LONG_AGO).pk)
    with at_work("count"):
        run.refresh_from_db()
        assert run.status == JobRun.Status.CUT_OFF


def test_what_is_over_stays_as_it_was():
    run = a_run(worker_id=a_worker(seen_at=timezone.now() - LONG_AGO).pk, status=JobRun.Status.DONE)
    bury()
    run.refresh_from_db()
    assert run.status == JobRun.Status.DONE


def test_who_was_taken_for_dead_comes_back(worker):
    row = Worker.objects.get()
    row.delete()
    row.pk = worker.id
    beat(row, worker)
    assert Worker.objects.get().pk == worker.id


def test_a_beat_says_that_the_worker_lives(worker):
    Worker.objects.update(seen_at=timezone.now() - LONG_AGO)
    beat(Worker.objects.get(), worker)
    assert timezone.now() - Worker.objects.get().seen_at < LONG_AGO


def test_a_run_whose_end_could_not_be_written_is_given_up(worker):
    in_hand, lost, new = (a_run(worker_id=worker.id) for _ in range(3))
    JobRun.objects.exclude(pk=new.pk).update(started_at=timezone.now() - LONG_AGO)
    worker.runs.add(in_hand.pk)
    beat(Worker.objects.get(), worker)
    for run, status in [(in_hand, "running"), (lost, "cut_off"), (new, "running")]:
        run.refresh_from_db()
        assert run.status == status
