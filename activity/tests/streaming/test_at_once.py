"""Doors and consumers at work at the same time, as separate connections."""

import threading

import pytest

from activity.models import PoisonedMessage, Statement
from activity.modes import Mode
from activity.receiving import receive
from activity.store.incoming import StatementConflict
from activity.streaming.consuming import Consumer
from activity.streaming.scripts import GROUP, STREAM
from learners.tests.threads import at_once

from .samples import incoming

pytestmark = [
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("postgresql"),  # in tests SQLite is one connection
]


def test_many_doors_and_consumers_store_each_statement_once(redis):
    """The same statements come by both ways, in batches that overlap; consumers take each other's entries for dead."""
    sent = threading.Event()
    doors = 3

    def send(first: int) -> None:
        for number in range(first, first + 40):
            batch = [incoming(number + more, brought=True) for more in (0, 7, 3)]
            receive(batch, mode=Mode.STREAMING if number % 3 else Mode.INCREMENTAL)

    def send_all() -> None:
        at_once(*(lambda first=first: send(first) for first in range(0, 10 * doors, 10)))
        sent.set()

    def consume() -> None:
        consumer = Consumer()
        while consumer.work(block_seconds=0.01, abandoned_seconds=0.3) or not sent.is_set() or redis.xlen(STREAM):
            pass

    at_once(send_all, consume, consume, consume)
    assert Statement.objects.count() == 67
    assert redis.xpending(STREAM, GROUP)["pending"] == 0
    assert not PoisonedMessage.objects.exists()


def test_of_two_statements_under_one_id_at_once_one_is_refused_and_the_other_kept(redis):
    kept, refused = [], []

    def send(answer: str) -> None:
        for number in range(30):
            try:
                receive([incoming(number, brought=True, result={"response": answer})])
                kept.append((number, answer))
            except StatementConflict:
                refused.append((number, answer))
            Consumer().work(block_seconds=0)

    at_once(lambda: send("yes"), lambda: send("no"))
    while Consumer().work(block_seconds=0, abandoned_seconds=0):
        pass
    assert len(kept) == len(refused) == Statement.objects.count() == 30
    assert not PoisonedMessage.objects.exists()
    for number, answer in kept:
        assert f'"{answer}"' in Statement.objects.get(statement_id=incoming(number).id).raw
