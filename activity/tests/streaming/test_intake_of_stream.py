"""What operations see of the stream."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.intake.overview import LATE_AFTER, overview
from activity.modes import Mode
from activity.receiving import receive
from activity.streaming.consuming import Consumer
from activity.streaming.scripts import alive_key

from .samples import incoming
from .servers import RedisServer

pytestmark = [pytest.mark.django_db, pytest.mark.redis]


def test_a_stream_that_redis_may_lose_is_a_problem_in_its_own_mode(redis, settings):
    assert "every statement that waits in it is lost" in " ".join(overview(now=timezone.now()).problems)
    settings.ETL_MODE = "incremental"
    assert overview(now=timezone.now()).problems == ()


def test_what_waits_in_the_stream_has_its_promise_in_either_mode(redis, settings):
    settings.ETL_MODE = "incremental"
    assert "in the database before" in overview(now=timezone.now()).promise.sentence
    receive([incoming()], mode=Mode.STREAMING)
    assert "Redis writes nothing to disk" in overview(now=timezone.now()).promise.sentence


@pytest.mark.parametrize(("late", "says"), [(timedelta(), False), (LATE_AFTER * 2, True)])
def test_entries_that_wait_too_long_are_a_problem(redis, late, says):
    Consumer().work(block_seconds=0)
    receive([incoming()])
    problems = " ".join(overview(now=timezone.now() + late).problems)
    assert ("longer than they should" in problems) is says


def test_a_stream_that_nobody_reads_is_a_problem(redis, settings):
    assert "No consumer is running" in " ".join(overview(now=timezone.now()).problems)
    consumer = Consumer()
    consumer.work(block_seconds=0)
    assert "No consumer is running" not in " ".join(overview(now=timezone.now()).problems)
    consumer.leave()
    assert "No consumer is running" in " ".join(overview(now=timezone.now()).problems)
    settings.ETL_MODE = "incremental"
    assert overview(now=timezone.now()).problems == ()
    receive([incoming()], mode=Mode.STREAMING)
    assert "No consumer is running" in " ".join(overview(now=timezone.now()).problems)


def test_a_well_kept_stream_that_is_empty_is_no_problem(settings):
    with RedisServer(appendonly="yes", appendfsync="everysec") as server:
        settings.REDIS_URL, settings.ETL_MODE = server.url, "streaming"
        Consumer().work(block_seconds=0)
        found = overview(now=timezone.now())
    assert found.problems == ()
    assert "of the last second" in found.promise.sentence
    assert len(found.stream.consumers) == 1


def test_the_page_names_the_consumers_and_says_who_is_silent(redis, ops, client):
    client.force_login(ops)
    consumer = Consumer()
    consumer.work(block_seconds=0)
    page = client.get("/ui/activity/").content.decode()
    assert consumer.name in page
    assert "holds 0 messages · running" in page
    redis.delete(alive_key(consumer.name))
    assert "holds 0 messages · not heard of lately" in client.get("/ui/activity/").content.decode()


def test_prometheus_sees_what_waits(redis, ops, client):
    client.force_login(ops)
    receive([incoming(number) for number in range(3)])
    text = client.get("/metrics").content.decode()
    assert "engage_activity_stream_up 1.0" in text
    assert "engage_activity_stream_waiting 3.0" in text
    assert "engage_activity_stream_promise_kept 0.0" in text
