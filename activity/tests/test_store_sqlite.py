import fcntl
from types import SimpleNamespace

import pytest

from activity.store import sqlite


@pytest.fixture
def connection(tmp_path, monkeypatch):
    stand_in = SimpleNamespace(in_atomic_block=False, settings_dict={"NAME": str(tmp_path / "record.sqlite3")})
    monkeypatch.setattr(sqlite, "connection", stand_in)
    return stand_in


def is_free(connection) -> bool:
    with open(f"{connection.settings_dict['NAME']}-turn", "a") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_one_at_a_time_has_its_turn(connection):
    with sqlite.turn():
        assert not is_free(connection)
    assert is_free(connection)


def test_turn_ends_with_an_error(connection):
    with pytest.raises(ValueError), sqlite.turn():
        raise ValueError
    assert is_free(connection)


@pytest.mark.parametrize("change", [{"in_atomic_block": True}, {"settings_dict": {"NAME": ":memory:"}}])
def test_who_has_the_lock_or_nobody_to_share_with_waits_for_no_turn(connection, change, tmp_path):
    vars(connection).update(change)
    with sqlite.turn():
        assert list(tmp_path.iterdir()) == []
