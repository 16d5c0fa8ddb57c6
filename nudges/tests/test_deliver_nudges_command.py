import io
import signal
import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from nudges.management.commands import deliver_nudges
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shared_connection(monkeypatch):
    monkeypatch.setattr(deliver_nudges, "close_old_connections", lambda: None)  # the test's transaction lives in it


def test_once_delivers_what_waits_and_ends():
    nudge = NudgeFactory(state="queued", queued_at=timezone.now(), content="Hi")
    out = io.StringIO()
    call_command("deliver_nudges", stdout=out)
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert out.getvalue() == "1 nudges looked at\n"


@pytest.fixture
def _signals():
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def run_loop(monkeypatch, rounds):
    """Run the loop with these rounds instead of work; the last one gets the signal to stop."""
    left = iter(rounds)
    monkeypatch.setattr(deliver_nudges, "IDLE_SECONDS", 0)

    def work(*, should_stop):
        step = next(left)
        if step == "stop":
            signal.raise_signal(signal.SIGTERM)
            assert should_stop()
            return 1
        if isinstance(step, Exception):
            raise step
        return step

    monkeypatch.setattr(deliver_nudges, "work", work)
    call_command("deliver_nudges", "--loop")
    assert next(left, None) is None


@pytest.mark.usefixtures("_signals")
def test_loop_ends_when_it_is_told(monkeypatch):
    assert threading.current_thread() is threading.main_thread()
    run_loop(monkeypatch, [1, 0, 0, "stop"])


@pytest.mark.usefixtures("_signals")
def test_loop_survives_a_database_that_is_away(monkeypatch, caplog):
    monkeypatch.setattr(deliver_nudges.connection, "close", lambda: None)
    run_loop(monkeypatch, [OperationalError("database is locked"), 1, "stop"])
    assert "The database did not answer" in caplog.text
