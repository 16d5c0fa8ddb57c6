import os
import signal

import pytest
from django.core.management import CommandError, call_command

from activity.management.commands import consume_statements
from activity.models import Statement
from activity.receiving import receive
from activity.streaming.scripts import GROUP, STREAM

from .samples import incoming

pytestmark = pytest.mark.django_db


def test_without_redis_there_is_nothing_to_consume(settings):
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="Set REDIS_URL"):
        call_command("consume_statements")


@pytest.mark.redis
def test_it_stores_what_waits_and_leaves(redis, capsys):
    receive([incoming(number) for number in range(3)])
    call_command("consume_statements")
    assert capsys.readouterr().out == "3 statements taken from the stream\n"
    assert Statement.objects.count() == 3
    assert redis.xinfo_consumers(STREAM, GROUP) == []


@pytest.mark.redis
def test_the_loop_waits_for_redis_and_ends_when_it_is_told_to(server, settings, monkeypatch, caplog):
    receive([incoming()])
    rounds = []
    before = signal.getsignal(signal.SIGTERM)

    class Flaky(consume_statements.Consumer):
        def work(self, **how):
            rounds.append(len(rounds))
            if len(rounds) in {1, 2}:
                raise consume_statements.RedisError("gone")
            if len(rounds) == 4:
                os.kill(os.getpid(), signal.SIGTERM)
            return super().work(block_seconds=0)

    monkeypatch.setattr(consume_statements, "Consumer", Flaky)
    monkeypatch.setattr("jobs.loops.close_old_connections", lambda: None)  # the test's transaction goes on
    try:
        call_command("consume_statements", "--loop")
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert Statement.objects.count() == 1
    assert len([record for record in caplog.records if "trying again: gone" in record.getMessage()]) == 1
