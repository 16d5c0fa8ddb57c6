from datetime import UTC, datetime, timedelta

import pytest

from activity.models import StreamProgress
from activity.modes import Mode
from activity.receiving import receive
from activity.store.positions import EPOCH, position_of_stream_entry, stored_at
from activity.streaming.consuming import Consumer
from activity.streaming.pending import oldest_pending
from activity.streaming.scripts import STREAM
from activity.streaming.state import state_of_stream

from .samples import incoming

pytestmark = [pytest.mark.django_db, pytest.mark.redis]
NOWHERE = "redis://127.0.0.1:1/0"


def test_without_a_stream_nothing_is_pending(settings):
    settings.REDIS_URL = ""
    assert oldest_pending() is None
    assert state_of_stream() is None


def test_with_a_redis_that_holds_no_stream_nothing_is_pending(redis, settings):
    settings.ETL_MODE = "incremental"
    assert oldest_pending() is None


def test_the_oldest_entry_is_pending_until_it_is_stored_whoever_holds_it(redis):
    receive([incoming(1)])
    receive([incoming(2)])
    first, second = (stored_at(position_of_stream_entry(entry)) for entry, _ in redis.xrange(STREAM))
    assert oldest_pending() == first
    redis.xreadgroup("store", "somebody", {STREAM: ">"}, count=1)
    assert oldest_pending() == first
    redis.xdel(STREAM, redis.xrange(STREAM)[0][0])
    assert oldest_pending() == second


def test_with_an_empty_stream_whatever_comes_is_later(redis):
    before = oldest_pending()
    receive([incoming()])
    [(entry, _)] = redis.xrange(STREAM)
    assert before <= stored_at(position_of_stream_entry(entry))
    assert before.microsecond % 1000 == 0


def test_entries_are_pending_in_the_other_mode_too(redis, settings):
    receive([incoming()], mode=Mode.STREAMING)
    settings.ETL_MODE = "incremental"
    assert oldest_pending() < datetime.now(UTC)


def test_when_redis_is_away_it_may_hold_anything_since_the_record_last_followed_it(redis, settings):
    receive([incoming()])
    Consumer().work(block_seconds=0)
    followed = StreamProgress.objects.get().stored_before
    settings.REDIS_URL = NOWHERE
    assert oldest_pending() == followed
    assert datetime.now(UTC) - followed < timedelta(minutes=1)


def test_when_redis_was_never_followed_it_may_hold_anything(settings):
    settings.REDIS_URL, settings.ETL_MODE = NOWHERE, "streaming"
    assert oldest_pending() == EPOCH
    settings.ETL_MODE = "incremental"
    assert oldest_pending() is None


def test_the_state_tells_what_waits_and_who_holds_it(redis):
    assert state_of_stream().waiting == 0
    receive([incoming(number) for number in range(3)])
    redis.xreadgroup("store", "somebody", {STREAM: ">"}, count=2)
    state = state_of_stream()
    assert (state.waiting, state.held) == (3, 2)
    assert [(one.name, one.held) for one in state.consumers] == [("somebody", 2)]
    assert state.oldest_at <= datetime.now(UTC)
    assert not state.promise.is_kept


def test_a_redis_that_does_not_answer_has_no_state(settings):
    settings.REDIS_URL = NOWHERE
    assert state_of_stream() is None
