import json
import threading
import uuid
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activity.models import Attachment, Statement, StatementKey, StatementReference, Unfolded
from activity.store import postgresql, sqlite
from activity.store.incoming import IncomingAttachment, StatementConflict
from activity.store.positions import counter
from activity.store.writing import store_statements
from activity.tests.statements import ADA, BEN, incoming_of, pointing_at, statement_of

pytestmark = pytest.mark.django_db


def test_statement_is_kept_as_it_was_received():
    one = incoming_of(statement_of(result={"score": {"raw": 0}}))
    stored = store_statements([one])
    row = Statement.objects.get()
    assert (row.statement_id, row.raw, row.version, row.key_id) == (one.id, one.raw, "1.0.3", None)
    assert stored.positions == (row.position,)
    assert (stored.duplicates, stored.conflicts) == (0, ())


def test_statement_waits_to_be_folded():
    [position] = store_statements([incoming_of()]).positions
    assert list(Unfolded.objects.values_list("position", flat=True)) == [position]


def test_nothing_is_stored_of_nothing():
    assert store_statements([]).positions == ()


def test_positions_come_in_the_order_of_the_batch():
    batch = [incoming_of() for _ in range(50)]
    positions = store_statements(batch).positions
    assert list(positions) == sorted(positions)
    assert list(Statement.objects.order_by("position").values_list("statement_id", flat=True)) == [
        one.id for one in batch
    ]


def test_more_statements_than_fit_a_millisecond_have_positions_of_their_own():
    positions = store_statements([incoming_of() for _ in range(5000)]).positions
    assert len(set(positions)) == 5000
    assert list(positions) == sorted(positions)


def test_position_that_is_given_is_kept():
    assert store_statements([incoming_of(position=77)]).positions == (77,)


def test_same_statement_again_is_a_duplicate():
    one = incoming_of()
    store_statements([one])
    again = store_statements([one])
    assert (again.positions, again.duplicates) == ((), 1)
    assert Statement.objects.count() == Unfolded.objects.count() == 1


def test_same_statement_twice_in_a_batch_is_stored_once():
    one = incoming_of()
    stored = store_statements([one, incoming_of(), one])
    assert (len(stored.positions), stored.duplicates) == (2, 1)


def test_other_statement_with_the_same_id_is_a_conflict():
    one = incoming_of()
    store_statements([one])
    with pytest.raises(StatementConflict) as conflict:
        store_statements([incoming_of(statement_of(actor=BEN), id=one.id)])
    assert conflict.value.ids == [one.id]


def test_conflict_stores_nothing_of_its_batch():
    one = incoming_of()
    store_statements([one])
    with pytest.raises(StatementConflict):
        store_statements([incoming_of(), incoming_of(statement_of(actor=BEN), id=one.id)])
    assert Statement.objects.count() == 1


def test_conflict_within_a_batch_stores_nothing_of_it():
    one = incoming_of()
    with pytest.raises(StatementConflict):
        store_statements([one, incoming_of(statement_of(actor=BEN), id=one.id)])
    assert not Statement.objects.exists()


def test_conflicts_that_are_skipped_are_reported_and_the_rest_is_stored():
    one, new = incoming_of(), incoming_of()
    store_statements([one])
    stored = store_statements([incoming_of(statement_of(actor=BEN), id=one.id), new, one], skip_conflicts=True)
    assert (len(stored.positions), stored.conflicts) == (1, (one.id,))
    assert set(Statement.objects.values_list("statement_id", flat=True)) == {one.id, new.id}


def test_position_that_somebody_else_has_is_drawn_again(monkeypatch):
    [taken] = store_statements([incoming_of()]).positions
    stored = store_statements([incoming_of(position=taken)])
    assert stored.positions != (taken,)
    assert Statement.objects.count() == 2


def test_attachment_is_stored_once_for_each_content():
    attachment = IncomingAttachment("ab" * 32, "text/plain", b"words")
    store_statements([incoming_of()], attachments=[attachment, attachment])
    store_statements([incoming_of()], attachments=[attachment])
    assert [(one.sha2, bytes(one.content)) for one in Attachment.objects.all()] == [("ab" * 32, b"words")]


def test_reference_is_kept_with_what_it_does():
    target = uuid.uuid4()
    [voiding] = store_statements([incoming_of(pointing_at(target, voids=True))]).positions
    [confirming] = store_statements([incoming_of(pointing_at(target))]).positions
    rows = StatementReference.objects.order_by("position").values_list("target", "position", "voids")
    assert list(rows) == [(target, voiding, True), (target, confirming, False)]


def test_time_of_a_statement_is_that_of_the_storing_clock():
    one, two = (store_statements([incoming_of()]).positions[0] for _ in range(2))
    assert one < two


@pytest.mark.database("sqlite")
def test_narrow_tables_are_their_primary_key_alone():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE name IN ('activity_statementkey', 'activity_statementreference')"
        )
        assert all("WITHOUT ROWID" in sql for (sql,) in cursor.fetchall())


class Crash(Exception):  # noqa: N818
    pass


def rows_of_everything():
    """What the record holds, without the positions."""
    ids = dict(Statement.objects.values_list("position", "statement_id"))
    return (
        {(row.statement_id, json.loads(row.raw)["actor"]["mbox"], row.version) for row in Statement.objects.all()},
        {(ids[row.position], row.key) for row in StatementKey.objects.all()},
        {(row.target, ids[row.position], row.voids) for row in StatementReference.objects.all()},
        {ids[position] for position in Unfolded.objects.values_list("position", flat=True)},
    )


def forget_everything():
    for model in (Statement, StatementKey, StatementReference, Unfolded):
        model.objects.all().delete()


IDS = [uuid.UUID(int=number) for number in range(1, 9)]


@st.composite
def histories(draw):
    """Statements with ids of their own, some of which point at others: back, ahead, in circles, or at nothing."""
    statements = []
    for number, id_ in enumerate(IDS):
        target = draw(st.sampled_from([None, None, *IDS]))
        actor = {"mbox": f"mailto:{number % 3}@example.org"}
        statement = (
            statement_of(actor=actor, activity=f"https://example.org/{number}")
            if target is None or target == id_
            else pointing_at(target, voids=draw(st.booleans()), actor=actor)
        )
        statements.append(incoming_of(statement, id=id_))
    return statements


class TestAnyDelivery(TestCase):
    """However the same statements are shuffled, repeated, cut into batches and broken off, the same rows come of it."""

    @given(history=histories(), data=st.data())
    def test_leaves_the_same_rows(self, history, data):
        store_statements(history)
        expected = rows_of_everything()
        forget_everything()
        left = data.draw(st.permutations(history + history[:4]))
        while left:
            size = data.draw(st.integers(1, len(left)))
            batch, left = left[:size], left[size:]
            crash_at = data.draw(st.one_of(st.none(), st.integers(1, 12)))
            try:
                with transaction.atomic(), crashing_at(crash_at):
                    store_statements(batch)
            except Crash:
                store_statements(batch)  # whoever sent it sends it again
        assert rows_of_everything() == expected


@contextmanager
def crashing_at(number):
    """A crash before the given command of those that go to the database, through Django's cursors or past them."""
    left = number

    def count(call, *args):
        nonlocal left
        if left is not None:
            left -= 1
            if left == 0:
                raise Crash
        return call(*args)

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(count):
        for module, name in ((sqlite, "_insert"), (postgresql, "_fetch")):
            patch.setattr(module, name, partial(count, getattr(module, name)))
        yield


def in_threads(*calls):
    """Run at the same moment, each with its own connection; what each returned or raised."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number, call):
        try:
            barrier.wait(10)
            results[number] = call()
        except Exception as error:  # noqa: BLE001  (the caller looks at it)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")
class TestAtTheSameMoment:
    def test_same_statement_is_stored_once(self):
        one = incoming_of()
        results = in_threads(*[lambda: store_statements([one])] * 4)
        assert sorted(len(stored.positions) for stored in results) == [0, 0, 0, 1]
        assert sorted(stored.duplicates for stored in results) == [0, 1, 1, 1]
        assert Statement.objects.count() == Unfolded.objects.count() == 1

    def test_of_two_statements_with_one_id_the_later_clashes(self):
        id_ = uuid.uuid4()
        results = in_threads(
            lambda: store_statements([incoming_of(statement_of(actor=ADA), id=id_)]),
            lambda: store_statements([incoming_of(statement_of(actor=BEN), id=id_)]),
        )
        assert sum(isinstance(result, StatementConflict) for result in results) == 1
        assert Statement.objects.count() == 1

    def test_batches_about_the_same_things_never_wait_in_a_circle(self):
        shared = [incoming_of(statement_of(activity=f"https://example.org/{n}")) for n in range(50)]

        def send(order):
            return lambda: store_statements(order + [incoming_of() for _ in range(50)])

        results = in_threads(*[send(shared if number % 2 else shared[::-1]) for number in range(8)])
        assert not [result for result in results if isinstance(result, Exception)]
        assert Statement.objects.count() == 50 + 8 * 50

    def test_processes_that_drew_the_same_origin_do_not_lose_statements(self, monkeypatch):
        monkeypatch.setattr(counter, "take_slots", lambda count: 4096)
        results = in_threads(*[lambda: store_statements([incoming_of()])] * 4)
        stored = [result for result in results if not isinstance(result, IntegrityError)]
        assert Statement.objects.count() == len(stored) > 0
