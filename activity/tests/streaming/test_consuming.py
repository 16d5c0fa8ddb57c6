import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.models import AccessKey, PoisonedMessage, Statement, StatementKey, StreamProgress, Unfolded
from activity.modes import Mode
from activity.receiving import receive
from activity.store.positions import position_of_stream_entry
from activity.store.writing import store_statements
from activity.streaming import consuming, pending, storing
from activity.streaming.consuming import Consumer, DatabaseAway
from activity.streaming.scripts import GROUP, STREAM, TRIES, alive_key

from .samples import incoming

pytestmark = [pytest.mark.django_db, pytest.mark.redis]


class Crash(BaseException):
    """The process is gone: nothing catches it."""


def drain(consumer: Consumer | None = None) -> None:
    """What a fresh consumer does, to whom everything that others hold counts as abandoned."""
    consumer = consumer or Consumer()
    while consumer.work(block_seconds=0, abandoned_seconds=0):
        pass


def record():
    return (
        list(Statement.objects.order_by("statement_id").values_list("statement_id", "raw", "version", "key")),
        sorted(StatementKey.objects.values_list("key", flat=True)),
        Unfolded.objects.count(),
    )


def test_what_waits_is_stored_under_the_entrys_place_and_then_deleted(redis):
    receive([incoming(number) for number in range(3)])
    places = [position_of_stream_entry(entry) for entry, _ in redis.xrange(STREAM)]
    assert Consumer().work(block_seconds=0) == 3
    assert list(Statement.objects.order_by("position").values_list("position", flat=True)) == places
    assert redis.xlen(STREAM) == redis.xpending(STREAM, GROUP)["pending"] == 0


def test_what_was_queued_before_the_first_consumer_came_is_stored(redis):
    receive([incoming()])
    drain()
    assert Statement.objects.count() == 1


def test_nothing_to_do_is_no_work(redis):
    assert Consumer().work(block_seconds=0) == 0


def test_a_consumer_waits_for_an_entry(redis):
    assert Consumer().work(block_seconds=0.01) == 0


def test_what_a_dead_consumer_held_is_claimed_by_another(redis):
    receive([incoming()])
    with pytest.raises(Crash):
        Consumer(between=crash_after("read", 1)).work(block_seconds=0)
    assert Consumer().work(block_seconds=0) == 0
    assert Consumer().work(block_seconds=0, abandoned_seconds=0) == 1
    assert Statement.objects.count() == 1


def test_an_access_key_that_was_deleted_meanwhile_costs_no_statement(redis):
    key = AccessKey.objects.create(name="LMS", username="lms", digest="0")
    receive([replace(incoming(), key_id=key.pk)])
    key.delete()
    drain()
    assert Statement.objects.get().key_id is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"raw": "{}"}, "The field 'id' is missing."),
        ({"id": "1", "raw": "{}", "version": "2.0.0", "key": ""}, "badly formed"),
        ({"id": str(incoming().id), "raw": "[]", "version": "2.0.0", "key": ""}, "no JSON object"),
        ({"id": str(incoming().id), "raw": "{", "version": "2.0.0", "key": ""}, "Expecting property name"),
        ({"id": str(incoming().id), "raw": "{}", "version": "9", "key": ""}, "'9' is not a valid Version"),
    ],
)
def test_what_can_not_be_read_is_set_aside_and_the_others_go_on(redis, fields, reason):
    receive([incoming(1)])
    poison = redis.xadd(STREAM, fields)
    receive([incoming(2)])
    drain()
    assert Statement.objects.count() == 2
    message = PoisonedMessage.objects.get()
    assert (message.stream_id, json.loads(message.content)) == (poison, fields)
    assert reason in message.reason
    assert redis.xlen(STREAM) == redis.hlen(TRIES) == 0


def test_bytes_that_are_no_text_are_kept_with_the_poison(redis):
    redis.xadd(STREAM, {"id": b"\xff\x00"})
    drain()
    content = json.loads(PoisonedMessage.objects.get().content)
    assert content["id"].encode("utf-8", "surrogateescape") == b"\xff\x00"


def test_another_statement_under_a_stored_id_is_set_aside_and_not_lost(redis):
    receive([incoming(brought=True, result={"success": True})], mode=Mode.STREAMING)
    store_statements([incoming(brought=True)])
    drain()
    assert "Another statement" in PoisonedMessage.objects.get().reason
    assert Statement.objects.get().raw == incoming(brought=True).raw


def test_a_statement_that_breaks_storing_is_set_aside_after_its_tries(redis, monkeypatch):
    break_storing_of(monkeypatch, incoming(1).id, ValueError("too strange"))
    receive([incoming(number) for number in range(3)])
    consumer = Consumer()
    for _ in range(consuming.MOST_TRIES - 1):
        consumer.work(block_seconds=0, abandoned_seconds=0)
        assert not PoisonedMessage.objects.exists()
    drain(consumer)
    message = PoisonedMessage.objects.get()
    assert (message.reason, message.tries) == ("ValueError('too strange')", consuming.MOST_TRIES)
    assert Statement.objects.count() == 2
    assert redis.xlen(STREAM) == 0


def test_a_statement_that_kills_its_consumers_is_set_aside(redis, monkeypatch):
    break_storing_of(monkeypatch, incoming(1).id, Crash())
    receive([incoming(number) for number in range(3)])
    for _ in range(consuming.MOST_TRIES + 1):
        with pytest.raises(Crash):
            drain()
    drain()
    assert "broke off" in PoisonedMessage.objects.get().reason
    assert Statement.objects.count() == 2


def test_a_database_that_is_away_is_no_poison(redis, monkeypatch):
    receive([incoming(number) for number in range(3)])
    consumer = Consumer()
    with monkeypatch.context() as away:
        break_storing_of(away, incoming(1).id, OperationalError("server closed the connection unexpectedly"))
        for _ in range(10):
            with pytest.raises(DatabaseAway):
                consumer.work(block_seconds=0, abandoned_seconds=0)
    drain(consumer)
    assert Statement.objects.count() == 3
    assert not PoisonedMessage.objects.exists()
    assert redis.hlen(TRIES) == redis.xlen(STREAM) == 0


def test_a_consumer_that_waits_for_the_database_keeps_its_entries(redis, monkeypatch):
    receive([incoming()])
    consumer = Consumer()
    monkeypatch.setattr(consuming, "is_away", lambda error=None: error is not None)
    with monkeypatch.context() as away:
        break_storing_of(away, incoming().id, OperationalError())
        with pytest.raises(DatabaseAway):
            consumer.work(block_seconds=0)
    monkeypatch.setattr(consuming, "is_away", lambda error=None: True)
    with pytest.raises(DatabaseAway):
        consumer.work(block_seconds=0)
    with pytest.raises(DatabaseAway):
        Consumer().work(block_seconds=0, abandoned_seconds=0)
    [pending] = redis.xpending_range(STREAM, GROUP, "-", "+", 10)
    assert (pending["consumer"], pending["times_delivered"]) == (consumer.name, 1)


def test_a_group_that_redis_lost_is_made_again(redis):
    consumer = Consumer()
    consumer.work(block_seconds=0)
    redis.flushall()
    receive([incoming()])
    assert consumer.work(block_seconds=0) == 1


def test_a_consumer_that_leaves_is_forgotten_unless_it_holds_entries(redis):
    receive([incoming()])
    empty, holding = Consumer(), Consumer(between=crash_after("read", 1))
    with pytest.raises(Crash):
        holding.work(block_seconds=0)
    empty.work(block_seconds=0)
    holding.leave()
    empty.leave()
    assert [one["name"] for one in redis.xinfo_consumers(STREAM, GROUP)] == [holding.name]


def test_idle_consumers_are_forgotten_unless_they_hold_entries(redis, monkeypatch):
    receive([incoming()])
    holding = Consumer(between=crash_after("read", 1))
    with pytest.raises(Crash):
        holding.work(block_seconds=0)
    silent, alive = Consumer(), Consumer()
    silent.work(block_seconds=0)
    alive.work(block_seconds=0)
    redis.delete(alive_key(silent.name), alive_key(holding.name))
    monkeypatch.setattr(consuming, "IDLE_CONSUMER_SECONDS", -1)
    alive.forget_idle_consumers()
    assert {one["name"] for one in redis.xinfo_consumers(STREAM, GROUP)} == {holding.name, alive.name}


def test_how_far_the_record_followed_is_kept_now_and_then(redis, monkeypatch):
    consumer = Consumer()
    consumer.work(block_seconds=0)
    first = StreamProgress.objects.get().stored_before
    receive([incoming(1)])
    consumer.work(block_seconds=0)
    assert StreamProgress.objects.get().stored_before == first
    monkeypatch.setattr(pending, "NOTED_AFTER_WORK", pending.MILLISECOND)
    receive([incoming(2)])
    consumer.work(block_seconds=0)
    assert StreamProgress.objects.get().stored_before > first


def test_how_far_the_record_followed_never_falls(redis):
    later = datetime.now(UTC) + timedelta(days=1)
    StreamProgress.objects.create(stored_before=later)
    receive([incoming()])
    Consumer().work(block_seconds=0)
    assert StreamProgress.objects.get().stored_before == later


def crash_after(step: str, times: int):
    """Raises Crash when this step was done for the nth time."""
    count = itertools.count(1)

    def between(done: str) -> None:
        if done == step and next(count) == times:
            raise Crash

    return between


def break_storing_of(monkeypatch, statement_id, error: BaseException) -> None:
    def store(batch):
        if any(one.id == statement_id for one in batch):
            raise error
        return store_statements(batch)

    monkeypatch.setattr(storing, "store_statements", store)


STEPS = ["read", "stored", "committed", "acknowledged"]
sendings = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(list(Mode))), min_size=1, max_size=12)
# As often as one entry may be tried: it would be set aside after that.
crashes = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 3)), max_size=consuming.MOST_TRIES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sendings=sendings, crashes=crashes, data=st.data())
def test_both_ways_end_in_the_same_rows(redis, sendings, crashes, data):
    """Whatever the order, however often each is sent and delivered, and wherever consumers die."""
    redis.flushall()
    clear()
    for number in sorted({number for number, _ in sendings}):
        store_statements([incoming(number, brought=True)])
    wanted = record()
    clear()
    crashing = iter(crashes)
    for number, mode in sendings:
        receive([incoming(number, brought=True)], mode=mode)
        if data.draw(st.booleans()):
            consume_until_it_crashes(next(crashing, None))
    for crash in crashing:
        consume_until_it_crashes(crash)
    drain()
    assert record() == wanted
    assert redis.xlen(STREAM) == redis.hlen(TRIES) == 0
    assert not PoisonedMessage.objects.exists()


def consume_until_it_crashes(crash) -> None:
    consumer = Consumer(between=crash_after(*crash)) if crash else Consumer()
    try:
        drain(consumer)
    except Crash:
        return


def clear() -> None:
    for model in (Statement, StatementKey, Unfolded, PoisonedMessage, StreamProgress):
        model.objects.all().delete()
