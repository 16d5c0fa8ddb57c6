"""The same tasks by way of a real Redis."""

import threading

import pytest
from django.db import connection, transaction

from activity.tests.streaming.servers import BINARY, RedisServer
from jobs import dramatiq_backend
from jobs.dramatiq_backend import QUEUE, actor_of, do_tasks_until
from jobs.models import JobRun
from jobs.tasks import queue_job
from jobs.tests.test_queueing import fail, note
from jobs.workers import at_work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(BINARY is None, reason="there is no redis-server"),
]
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def _server():
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis(_server, settings):
    settings.TASK_QUEUE = "redis"
    settings.REDIS_URL = _server.url
    settings.TASKS = {"default": {"BACKEND": "jobs.dramatiq_backend.DramatiqBackend"}}
    client = _server.client()
    client.flushall()
    dramatiq_backend.actor_of.cache_clear()
    yield client
    client.close()


def waiting(redis) -> int:
    return redis.llen(f"engage-tasks:{QUEUE}")


def do_until(is_done) -> None:
    """Be a worker until that is so."""
    stop = threading.Event()

    def watch():
        for _ in range(PATIENCE_SECONDS * 100):
            if is_done() or stop.wait(0.01):
                break
        stop.set()
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with at_work("tasks"):
        do_tasks_until(stop, threads=1)
    watcher.join()
    assert is_done()


def test_a_task_waits_in_redis_once_its_transaction_is_committed(redis):
    with transaction.atomic():
        note.enqueue("one")
        assert waiting(redis) == 0
    assert waiting(redis) == 1


def test_a_transaction_that_fails_enqueues_nothing(redis):
    with transaction.atomic():
        note.enqueue("one")
        transaction.set_rollback(rollback=True)
    assert waiting(redis) == 0


def test_what_waits_is_done(redis, calls):
    for word in ("one", "two"):
        note.enqueue(word)
    do_until(lambda: len(calls) == 2)
    assert calls == ["one", "two"]
    assert waiting(redis) == 0


def test_what_fails_waits_for_another_try(redis, calls):
    fail.enqueue("bug")
    do_until(lambda: calls == ["bug"] and redis.hlen(f"engage-tasks:{QUEUE}.DQ.msgs"))


@pytest.mark.database("postgresql")
def test_a_job_leaves_its_run(redis, schedule, calls):
    """On SQLite a test's threads would share a database in memory."""
    assert queue_job("count")
    assert not queue_job("count")
    do_until(lambda: JobRun.objects.get().status == JobRun.Status.DONE)
    assert calls == ["job"]


def test_the_actor_is_made_once_for_a_redis(redis, settings):
    assert actor_of(settings.REDIS_URL) is actor_of(settings.REDIS_URL)
