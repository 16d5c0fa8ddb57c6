from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from jobs.identity import NoWorker
from jobs.queueing import TRIES, do_tasks, give_back
from jobs.tests.factories import CALLS, a_worker
from jobs.workers import bury_the_dead
from learners.tests.threads import at_once

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=2)


@task()
def note(word):
    CALLS.append(word)
    return len(CALLS)


@task(takes_context=True)
def note_attempt(context):
    CALLS.append(context.attempt)


@task()
def fail(kind):
    CALLS.append(kind)
    raise {"bug": ZeroDivisionError, "database": OperationalError}[kind]("no luck")


def taken_by(worker_id, *, times=1):
    note.enqueue("again")
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now() - LONG_AGO, worker_ids=[str(worker_id)] * times
    )
    return DBTaskResult.objects.get()


def test_tasks_are_done_in_turn(worker, calls):
    for word in ("one", "two"):
        note.enqueue(word)
    assert do_tasks() == 2
    assert calls == ["one", "two"]
    assert set(DBTaskResult.objects.values_list("status", "return_value")) == {("SUCCESSFUL", 1), ("SUCCESSFUL", 2)}
    assert do_tasks() == 0
    assert worker.tasks == set()


def test_a_task_may_ask_how_often_it_was_tried(worker, calls):
    note_attempt.enqueue()
    do_tasks()
    assert calls == [1]


def test_a_task_belongs_to_the_transaction_that_enqueued_it(worker, calls):
    with transaction.atomic():
        note.enqueue("never")
        transaction.set_rollback(rollback=True)
    assert do_tasks() == 0


def test_who_is_told_to_stop_takes_no_more(worker, calls):
    note.enqueue("later")
    assert do_tasks(lambda: True) == 0


def test_a_bug_fails_the_task_and_no_other(worker, calls):
    fail.enqueue("bug")
    note.enqueue("next")
    assert do_tasks() == 2
    assert calls == ["bug", "next"]
    failed = DBTaskResult.objects.failed().get()
    assert failed.exception_class_path == "builtins.ZeroDivisionError"


def test_a_database_that_was_away_is_tried_again_later_and_not_for_ever(worker, calls):
    fail.enqueue("database")
    for tried in range(1, TRIES + 1):
        assert do_tasks() == 1
        assert do_tasks() == 0  # not at once
        assert calls == ["database"] * tried
        DBTaskResult.objects.update(run_after=timezone.now())
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED
    assert do_tasks() == 0


def test_the_task_of_a_dead_worker_is_done_again_once(worker, calls):
    taken_by(a_worker(seen_at=timezone.now() - LONG_AGO).pk)
    assert do_tasks() == 0
    bury_the_dead(timezone.now())
    assert do_tasks() == 1
    bury_the_dead(timezone.now())
    assert do_tasks() == 0
    assert calls == ["again"]


def test_a_task_that_kills_its_workers_has_failed_in_the_end(worker):
    task = taken_by(a_worker(seen_at=timezone.now() - LONG_AGO).pk, times=TRIES)
    bury_the_dead(timezone.now())
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "TaskGaveUp" in task.exception_class_path


def test_the_task_of_a_worker_that_lives_is_left_to_it(worker):
    taken_by(a_worker().pk)
    bury_the_dead(timezone.now())
    assert do_tasks() == 0


def test_what_a_worker_has_in_hand_is_not_given_back(worker):
    task = taken_by(worker.id)
    give_back(worker.id, but={task.pk}, started_before=timezone.now())
    assert do_tasks() == 0
    give_back(worker.id, but=set(), started_before=timezone.now())
    assert do_tasks() == 1


def test_tasks_are_done_by_workers_alone():
    with pytest.raises(NoWorker):
        do_tasks()


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_task_once(calls):
    from jobs.workers import at_work

    for number in range(40):
        note.enqueue(number)

    def work():
        with at_work("tasks"):
            do_tasks()

    at_once(work, work, work)
    assert sorted(calls) == list(range(40))
