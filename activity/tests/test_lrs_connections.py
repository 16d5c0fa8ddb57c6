"""What happens to a call while the database goes away."""

import psycopg
import pytest
from django.db import OperationalError, connection

from activity.access_keys import create_access_key
from activity.lrs.connections import again_if_lost, trust_connection
from activity.models import Statement

from .conformance.lrs import Lrs, basic
from .factories import a_statement


@pytest.fixture
def caller(transactional_db) -> Lrs:
    key, secret = create_access_key(
        name="Moodle", can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None
    )  # fmt: skip
    return Lrs("2.0.0", basic(key.username, secret))


def cut_connection():
    """As a restarted server does, unseen by the client until its next command."""
    database = connection.settings_dict
    with psycopg.connect(
        dbname=database["NAME"], host=database["HOST"], port=database["PORT"], user=database["USER"],
        password=database["PASSWORD"], autocommit=True,
    ) as other:  # fmt: skip
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


@pytest.mark.database("postgresql")
def test_statement_is_stored_once_on_a_new_connection_when_the_old_one_was_cut(caller):
    caller.store(a_statement())
    cut_connection()
    one = a_statement()
    del one["id"]
    assert caller.send(one).status_code == 200
    assert Statement.objects.count() == 2


@pytest.mark.database("postgresql")
def test_statements_are_read_on_a_new_connection_when_the_old_one_was_cut(caller):
    caller.store(a_statement())
    caller.find()
    cut_connection()
    assert len(caller.find()["statements"]) == 1


@pytest.mark.database("postgresql")
def test_connection_that_just_stood_is_not_asked_again(caller, monkeypatch):
    caller.store(a_statement())
    connection.health_check_done = False
    trust_connection()
    assert connection.health_check_done
    monkeypatch.setattr("activity.lrs.connections.TRUSTED_SECONDS", 0)
    connection.health_check_done = False
    trust_connection()
    assert not connection.health_check_done


@pytest.mark.django_db
def test_error_on_a_connection_that_stands_is_not_tried_again():
    tries = []

    def fail():
        tries.append(1)
        raise OperationalError("locked")

    with pytest.raises(OperationalError):
        again_if_lost(fail)
    assert len(tries) == 1
