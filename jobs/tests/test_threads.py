import threading
from uuid import uuid4

import pytest

from jobs import threads
from jobs.identity import Self, current
from jobs.threads import Role, do_all

ME = Self(uuid4())


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(threads, "LOOK_SECONDS", 0.005)


def waits(stop):
    stop.wait()


def crashes(stop):
    raise ZeroDivisionError


def ends(stop):
    return None


def test_all_roles_are_done_as_the_worker_until_they_are_told_to_stop():
    stop, seen = threading.Event(), []

    def notes(stop):
        seen.append(current())
        if len(seen) == 3:
            stop.set()
        stop.wait()

    assert do_all([Role("one", notes), Role("two", notes, threads=2)], worker=ME, stop=stop)
    assert seen == [ME] * 3


@pytest.mark.parametrize("role", [crashes, ends])
def test_one_that_crashes_or_ends_unasked_ends_all(role, caplog):
    stop = threading.Event()
    assert not do_all([Role("good", waits), Role("bad", role)], worker=ME, stop=stop)
    assert stop.is_set()
    assert "“bad” crashed" in caplog.text


def test_one_that_hangs_is_not_waited_for_when_another_crashed(monkeypatch):
    monkeypatch.setattr(threads, "PATIENCE_SECONDS", 0.01)
    for_ever = threading.Event()
    hangs = Role("hangs", lambda _stop: for_ever.wait())
    assert not do_all([hangs, Role("bad", crashes)], worker=ME, stop=threading.Event())
    for_ever.set()
