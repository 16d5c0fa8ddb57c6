import contextlib
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from activity.lrs.consistency import consistent_through
from activity.store.positions import first_position_after, stored_at
from activity.store.reading import StatementQuery, find_statements
from activity.store.writing import store_statements
from activity.tests.statements import incoming_of

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


class Writer:
    """A process that has written statements and is slow to commit them."""

    def __init__(self):
        self._may_commit, self._has_written = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            with transaction.atomic():
                self.positions = store_statements([incoming_of() for _ in range(3)]).positions
                self._has_written.set()
                self._may_commit.wait(10)
        finally:
            connections.close_all()

    def __enter__(self):
        self._thread.start()
        assert self._has_written.wait(10)
        return self

    def commit(self):
        self._may_commit.set()
        self._thread.join(10)

    def __exit__(self, *error):
        self.commit()


@pytest.fixture
def separate_connections(tmp_path):
    """Threads stand for processes. On SQLite the tests' database is in memory, where locks are others: use a file."""
    if connection.vendor != "sqlite":
        yield
        return
    in_memory = connection.settings_dict["NAME"]
    path = str(tmp_path / "record.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as file:
        connection.ensure_connection()
        connection.connection.backup(file)
    kept = connections["default"]
    kept.settings_dict["NAME"] = path
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    kept.settings_dict["NAME"] = in_memory
    connections["default"] = kept


def test_time_goes_on_while_nobody_writes():
    early = consistent_through()
    assert abs(datetime.now(UTC) - early) < 60 * SECOND
    while (later := consistent_through()) == early:
        pass
    assert later > early


def test_nothing_that_is_stored_later_is_stored_before():
    for _ in range(20):
        through = consistent_through()
        [position] = store_statements([incoming_of()]).positions
        assert stored_at(position) > through


def test_what_is_stored_is_soon_covered():
    [position] = store_statements([incoming_of()]).positions
    while consistent_through() < stored_at(position):
        pass
    query = StatementQuery(limit=10, until=consistent_through())
    assert [one.position for one in find_statements(query).statements] == [position]


def test_time_stands_still_before_what_an_open_writer_will_commit(separate_connections):
    store_statements([incoming_of()])
    with Writer() as writer:
        through = consistent_through()
        assert through < stored_at(min(writer.positions))
        assert consistent_through() == through
        writer.commit()
        while consistent_through() < stored_at(max(writer.positions)):
            pass
    positions = [one.position for one in find_statements(StatementQuery(limit=10, ascending=True)).statements]
    assert positions[-3:] == list(writer.positions)
    assert positions[-3] >= first_position_after(through)


def test_writers_that_come_and_go_never_add_to_the_past(separate_connections):
    """One reads while three write: what was read until then is all that there is until then, for ever."""
    stop = threading.Event()

    def write():
        try:
            while not stop.is_set():
                store_statements([incoming_of() for _ in range(2)])
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for thread in writers:
        thread.start()
    try:
        seen = []
        while len(seen) < 25 or not seen[-1][1]:  # however late the writers begin
            assert all(thread.is_alive() for thread in writers)
            through = consistent_through()
            until = StatementQuery(limit=100_000, until=through)
            seen.append((until, [one.position for one in find_statements(until).statements]))
    finally:
        stop.set()
        for thread in writers:
            thread.join(30)
    assert seen[-1][1]
    for until, positions in seen:
        assert [one.position for one in find_statements(until).statements] == positions


def test_own_transaction_does_not_hold_up_its_own_reading():
    with transaction.atomic():
        [position] = store_statements([incoming_of()]).positions
        while consistent_through() < stored_at(position):
            pass


def test_stream_holds_time_up(monkeypatch):
    pending = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("activity.lrs.consistency.oldest_pending", lambda: pending)
    assert consistent_through() == pending - timedelta(milliseconds=1)


@pytest.mark.database("sqlite")
def test_asking_leaves_the_patience_of_the_connection_as_it_was():
    consistent_through()
    with connection.cursor() as cursor:
        [(patience,)] = cursor.execute("PRAGMA busy_timeout").fetchall()
    assert patience == 20_000
    assert not connection.in_atomic_block


@pytest.mark.database("postgresql")
def test_locks_of_others_are_not_taken_for_writers():
    ours = connection.copy()
    try:
        with ours.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(5), pg_advisory_lock(-1 * (1::bigint << 50)), pg_advisory_lock(1, 2)"
            )
            assert abs(datetime.now(UTC) - consistent_through()) < 60 * SECOND
    finally:
        ours.close()
