import signal
import threading

import pytest
from django.db import InterfaceError, OperationalError

from jobs import loops

IDLE, PAUSE = 0.001, 0.0


@pytest.fixture(autouse=True)
def _process(monkeypatch):
    """The signals as they were, afterwards; and the test's own connection stays open."""
    monkeypatch.setattr(loops, "close_old_connections", lambda: None)
    monkeypatch.setattr(loops.connection, "close", lambda: None)
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def run(rounds):
    """Loop over these rounds; the signal that one names comes while it is at work."""
    left = iter(rounds)

    def work(should_stop):
        step = next(left)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, signal.Signals):
            assert not should_stop()
            signal.raise_signal(step)
            assert should_stop()
            return 1
        return step

    loops.work_until_told_to_stop(work, idle_seconds=IDLE, pause_seconds=PAUSE)
    return list(left)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_after_the_round_in_which_it_is_told(told):
    assert threading.current_thread() is threading.main_thread()
    assert run([1, 0, 0, told, "never"]) == ["never"]


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("closed")])
def test_a_database_that_is_away_is_waited_for_and_said_once(caplog, error):
    assert run([error, error, 1, error, signal.SIGTERM]) == []
    assert caplog.text.count("The database did not answer") == 2


def test_a_bug_ends_it():
    with pytest.raises(ZeroDivisionError):
        run([ZeroDivisionError()])
