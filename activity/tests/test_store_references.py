import threading

import pytest
from django.db import connection, transaction

from activity.store.reading import StatementQuery, find_statements
from activity.store.references import copy_keys
from activity.store.writing import store_statements
from activity.tests.statements import ADA, ids_of, incoming_of, pointing_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")
def test_two_that_do_not_see_each_other_are_brought_together_afterwards():
    """Either is written while the other is not committed, so neither write finds the other."""
    one = incoming_of()
    pointing = incoming_of(pointing_at(one.id))
    positions = []
    with transaction.atomic():
        positions += store_statements([one]).positions
        other = threading.Thread(
            target=lambda: (positions.extend(store_statements([pointing]).positions), connection.close())
        )
        other.start()
        other.join(10)
    query = StatementQuery(limit=10, agent=ADA, ascending=True)
    assert ids_of(find_statements(query).statements) == [one.id]
    for position in positions:  # as folding does, in any order
        copy_keys([position])
    assert set(ids_of(find_statements(query).statements)) == {one.id, pointing.id}


@pytest.mark.django_db
def test_long_chain_of_references_is_followed_to_its_end():
    one = incoming_of()
    chain = [one]
    for _ in range(60):
        chain.append(incoming_of(pointing_at(chain[-1].id)))
    store_statements(chain[::-1])
    query = StatementQuery(limit=100, agent=ADA)
    assert set(ids_of(find_statements(query).statements)) == {each.id for each in chain}
