import pytest

from activity.models import Statement
from activity.modes import Mode
from activity.receiving import Kept, receive
from activity.store.incoming import IncomingAttachment, StatementConflict
from activity.store.positions import position_of_stream_entry, stored_at
from activity.store.writing import store_statements
from activity.streaming import queueing
from activity.streaming.consuming import Consumer
from activity.streaming.scripts import STREAM, id_key

from .samples import incoming

pytestmark = [pytest.mark.django_db, pytest.mark.redis]

ATTACHMENT = IncomingAttachment(sha2="0" * 64, content_type="text/plain", content=b"text")


def test_a_statement_waits_in_the_stream_and_not_in_the_database(redis):
    assert receive([incoming()]) == Kept.QUEUED
    [(_, fields)] = redis.xrange(STREAM)
    assert fields == {"id": str(incoming().id), "version": "2.0.0", "key": "", "raw": incoming().raw}
    assert not Statement.objects.exists()


def test_nothing_received_is_nothing_queued(redis):
    receive([])
    assert not redis.exists(STREAM)


def test_the_setting_chooses_the_way_unless_the_caller_does(redis, settings):
    settings.ETL_MODE = "incremental"
    assert receive([incoming(1)]) == Kept.STORED
    assert receive([incoming(2)], mode=Mode.STREAMING) == Kept.QUEUED
    assert redis.xlen(STREAM) == Statement.objects.count() == 1


def test_the_same_statement_waits_once(redis):
    for _ in range(2):
        assert receive([incoming(brought=True)]) == Kept.QUEUED
    assert redis.xlen(STREAM) == 1


def test_another_statement_under_an_id_that_waits_is_refused(redis):
    receive([incoming(brought=True)])
    with pytest.raises(StatementConflict) as refused:
        receive([incoming(2), incoming(brought=True, result={"success": True})])
    assert refused.value.ids == [incoming().id]
    assert redis.xlen(STREAM) == 1


def test_what_is_new_beside_the_same_is_queued(redis):
    receive([incoming(1, brought=True)])
    receive([incoming(number, brought=True) for number in range(3)])
    assert redis.xlen(STREAM) == 3


def test_the_same_statement_that_is_stored_is_not_queued(redis):
    store_statements([incoming(brought=True)])
    receive([incoming(brought=True)])
    assert not redis.exists(STREAM)


def test_another_statement_under_an_id_that_is_stored_is_refused(redis):
    store_statements([incoming(brought=True)])
    with pytest.raises(StatementConflict):
        receive([incoming(brought=True, result={"success": True})])
    assert not redis.exists(STREAM)


def test_an_id_that_we_gave_is_known_when_it_comes_back(redis):
    receive([incoming()])
    Consumer().work(block_seconds=0)
    receive([incoming(brought=True)])
    assert redis.xlen(STREAM) == 0


def test_a_statement_that_is_stored_between_the_two_looks_is_not_queued_again(redis, monkeypatch):
    """The first look into the database came just before the commit."""
    receive([incoming(brought=True)])
    look, looks = queueing._stored_among, []

    def late(asked):
        found = {} if not looks else look(asked)
        looks.append(found)
        if len(looks) == 1:
            Consumer().work(block_seconds=0)
        return found

    monkeypatch.setattr(queueing, "_stored_among", late)
    receive([incoming(brought=True)])
    assert redis.xlen(STREAM) == 0
    with pytest.raises(StatementConflict):
        receive([incoming(brought=True, result={"success": True})])


def test_an_id_is_forgotten_a_while_after_its_statement_is_stored(redis):
    receive([incoming(brought=True)])
    assert redis.ttl(id_key(incoming().id)) == -1
    Consumer().work(block_seconds=0)
    assert 60 < redis.ttl(id_key(incoming().id)) <= 120


def test_an_entry_that_somebody_removed_by_hand_can_come_again(redis):
    receive([incoming(brought=True)])
    redis.xdel(STREAM, redis.get(id_key(incoming().id)))
    receive([incoming(brought=True)])
    assert redis.xlen(STREAM) == 1


def test_attachments_go_past_the_stream(redis):
    assert receive([incoming()], attachments=[ATTACHMENT]) == Kept.STORED
    assert Statement.objects.count() == 1


def test_what_goes_past_the_stream_may_not_contradict_what_waits_in_it(redis):
    receive([incoming(brought=True)])
    with pytest.raises(StatementConflict):
        receive([incoming(brought=True, result={"success": True})], attachments=[ATTACHMENT])
    receive([incoming(brought=True)], attachments=[ATTACHMENT])
    Consumer().work(block_seconds=0)
    assert Statement.objects.count() == 1


def test_a_batch_that_would_hold_up_redis_goes_to_the_database(redis, monkeypatch):
    monkeypatch.setattr(queueing, "MOST_STATEMENTS", 2)
    assert receive([incoming(number) for number in range(3)]) == Kept.STORED
    monkeypatch.setattr(queueing, "MOST_CHARACTERS", 10)
    assert receive([incoming(4)]) == Kept.STORED


def test_no_two_entries_have_one_place_even_when_the_clock_stands_still(redis):
    """Redis alone would go on counting within one millisecond: 5000 of them run into the next one's places."""
    ahead = 4_000_000_000_000
    redis.xadd(STREAM, {"id": ""}, id=f"{ahead}-4090")
    receive([incoming(number) for number in range(20)])
    ids = [entry for entry, _ in redis.xrange(STREAM)][1:]
    assert ids[4:7] == [f"{ahead}-4095", f"{ahead + 1}-0", f"{ahead + 1}-1"]
    assert len({position_of_stream_entry(entry) for entry in ids}) == 20


def test_an_entry_tells_when_it_was_stored(redis):
    receive([incoming()])
    [(entry, _)] = redis.xrange(STREAM)
    assert round(stored_at(position_of_stream_entry(entry)).timestamp() * 1000) == int(entry.partition("-")[0])
