"""Redis and the database die, fill up and hang: no statement is lost, and none is there twice."""

import logging
import time

import pytest
from django.db import connection
from redis.exceptions import RedisError

from activity.models import PoisonedMessage, Statement
from activity.receiving import Kept, receive
from activity.store.incoming import StatementConflict
from activity.streaming import connection as redis_connection
from activity.streaming import queueing
from activity.streaming.connection import REST_SECONDS, circuit_of
from activity.streaming.consuming import Consumer, DatabaseAway
from activity.streaming.scripts import STREAM, TRIES
from activity.streaming.state import state_of_stream

from .samples import incoming
from .servers import RedisServer

pytestmark = [pytest.mark.django_db, pytest.mark.redis]


@pytest.fixture
def own_server(settings):
    """start(**options) is a server for one test alone, which the settings name."""
    started = []

    def start(**options):
        server = RedisServer(**options).__enter__()
        started.append(server)
        settings.REDIS_URL, settings.ETL_MODE = server.url, "streaming"
        return server

    yield start
    for server in started:
        server.__exit__(None, None, None)


def test_without_redis_statements_are_stored_at_once(settings, caplog):
    settings.REDIS_URL, settings.ETL_MODE = "redis://127.0.0.1:1/0", "streaming"
    for number in range(5):
        assert receive([incoming(number, brought=True)]) == Kept.STORED
    assert Statement.objects.count() == 5
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert ["go straight to the database" in record.getMessage() for record in warnings] == [True]


def test_without_an_address_of_redis_statements_are_stored_at_once(settings):
    settings.REDIS_URL, settings.ETL_MODE = "", "streaming"
    assert receive([incoming()]) == Kept.STORED


def test_a_conflict_is_refused_without_redis_too(settings):
    settings.REDIS_URL, settings.ETL_MODE = "redis://127.0.0.1:1/0", "streaming"
    receive([incoming(brought=True)])
    with pytest.raises(StatementConflict):
        receive([incoming(brought=True, result={"success": True})])


def test_a_full_redis_takes_nothing_and_keeps_what_it_has(own_server):
    server = own_server(**{"maxmemory": "3mb", "maxmemory-policy": "noeviction"})
    outcomes = []
    for number in range(0, 3000, 100):
        batch = [incoming(number + more, result={"response": "x" * 1000}) for more in range(100)]
        outcomes.append(receive(batch))
        circuit_of(server.url).record_success()
    assert set(outcomes) == {Kept.QUEUED, Kept.STORED}
    assert server.client().xlen(STREAM) + Statement.objects.count() == 3000
    assert state_of_stream().is_full
    while Consumer().work(block_seconds=0):
        pass
    assert Statement.objects.count() == 3000


def test_a_full_redis_does_not_keep_consumers_from_trying_what_failed(own_server):
    server = own_server()
    receive([incoming(number) for number in range(3)])
    server.client().xadd(STREAM, {"raw": "odd"})
    server.client().config_set("maxmemory", 1)
    consumer = Consumer()
    assert consumer.work(block_seconds=0) == 4
    assert Statement.objects.count() == 3
    assert PoisonedMessage.objects.count() == 1
    assert not server.client().exists(TRIES)


def test_a_redis_that_may_throw_away_what_waits_is_not_used(own_server, caplog):
    server = own_server(**{"maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"})
    queueing._throws_away_when_full.cache_clear()
    assert receive([incoming(1)]) == receive([incoming(2)]) == Kept.STORED
    assert not server.client().exists(STREAM)
    assert len([record for record in caplog.records if "noeviction" in record.getMessage()]) == 1


def test_a_replica_takes_nothing(own_server):
    server = own_server()
    server.client().replicaof("127.0.0.1", 1)
    assert receive([incoming()]) == Kept.STORED


def test_a_redis_that_hangs_costs_one_request_its_time(own_server, monkeypatch):
    server = own_server()
    assert receive([incoming(0)]) == Kept.QUEUED
    asked = []
    reach = redis_connection._client
    monkeypatch.setattr(redis_connection, "_client", lambda *given: asked.append(given) or reach(*given))
    server.freeze()
    assert [receive([incoming(number)]) for number in (1, 2, 3)] == [Kept.STORED] * 3
    assert len(asked) == 1
    server.thaw()


def test_redis_is_asked_again_after_a_rest(own_server, monkeypatch):
    server = own_server()
    server.kill()
    assert receive([incoming(1)]) == Kept.STORED
    server.start()
    assert receive([incoming(2)]) == Kept.STORED
    now = time.monotonic()
    monkeypatch.setattr(redis_connection.time, "monotonic", lambda: now + REST_SECONDS)
    assert receive([incoming(3)]) == receive([incoming(4)]) == Kept.QUEUED


def test_an_idle_connection_that_redis_closed_is_no_failure(own_server):
    server = own_server(appendonly="yes", appendfsync="always")
    receive([incoming(1)])
    server.kill()
    server.start()
    assert receive([incoming(2)]) == Kept.QUEUED
    assert server.client().xlen(STREAM) == 2


def test_what_was_appended_though_the_answer_got_lost_is_there_once(own_server):
    """Redis takes the entry after we gave up on it; the fallback has stored it by then."""
    server = own_server()
    receive([incoming(0, brought=True)])
    server.freeze()
    assert receive([incoming(1)]) == receive([incoming(2, brought=True)]) == Kept.STORED
    server.thaw()
    assert server.client().xlen(STREAM) == 2
    while Consumer().work(block_seconds=0):
        pass
    assert Statement.objects.count() == 3
    assert server.client().xlen(STREAM) == 0


@pytest.mark.parametrize("fsync", ["always", "everysec"])
def test_what_waits_survives_when_redis_is_killed(own_server, fsync):
    """With everysec Redis may answer before it has written, for as long as its disk is busy: up to two seconds."""
    server = own_server(appendonly="yes", appendfsync=fsync)
    for number in range(50):
        assert receive([incoming(number, brought=True)]) == Kept.QUEUED
    while fsync == "everysec" and server.client().info("persistence")["aof_buffer_length"]:
        time.sleep(0.05)
    server.kill()
    server.start()
    consumer = Consumer()
    while consumer.work(block_seconds=0):
        pass
    assert Statement.objects.count() == 50


def test_a_consumer_says_that_redis_is_away_and_goes_on_when_it_is_back(own_server):
    server = own_server(appendonly="yes", appendfsync="always")
    consumer = Consumer()
    receive([incoming(1)])
    server.kill()
    with pytest.raises(RedisError):
        consumer.work(block_seconds=0)
    server.start()
    assert consumer.work(block_seconds=0) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")
def test_a_consumer_whose_database_connection_dies_stores_everything_once(server):
    receive([incoming(number, brought=True) for number in range(10)])
    died = []

    def between(step):
        if step == "stored" and not died:
            died.append(step)
            end_this_connection()

    consumer = Consumer(between=between)
    with pytest.raises(DatabaseAway):
        consumer.work(block_seconds=0)
    connection.close()
    assert Statement.objects.count() == 0
    while consumer.work(block_seconds=0):
        pass
    assert Statement.objects.count() == 10


def end_this_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [own] = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [own])
    other.close()
