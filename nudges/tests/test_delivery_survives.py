"""Workers that are killed without warning: every message left once or not at all, and the rows say which."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory
from nudges.models import ContactPolicy, Nudge
from nudges.tests.factories import NudgeFactory
from nudges.tests.provider import provider

ROOT = Path(__file__).parent.parent.parent
MESSAGES = 150
PATIENCE_SECONDS = 120


@pytest.fixture
def database_url(tmp_path):
    """Of the database that the test sees; on SQLite of a copy in a file, as the test's own is in memory."""

    def url():
        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            path = tmp_path / "delivery.sqlite3"
            connection.ensure_connection()
            with closing(sqlite3.connect(path)) as file:
                connection.connection.backup(file)
            return f"sqlite:///{path}"
        password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
        return f"postgres://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"

    return url


def states(database_url):
    """The ids of the nudges in each state."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
            rows = file.execute("SELECT uuid, state FROM nudges_nudge").fetchall()
    else:
        rows = Nudge.objects.values_list("uuid", "state")
    found = {}
    for id_, state in rows:
        found.setdefault(state, set()).add(str(UUID(str(id_))))
    return found


@contextmanager
def a_worker(database_url, provider_url):
    """Whatever becomes of the test, none outlives it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "deliver_nudges", "--loop"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "SMS_PROVIDER_URL": provider_url,
            "DELIVERY_CONCURRENCY": "4",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(is_so):
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_nothing_sent_twice_when_workers_are_killed(database_url):
    ContactPolicy.objects.create(quiet_from=0, quiet_until=0)
    for number in range(MESSAGES):
        preference = ContactPreferenceFactory(channel="sms", learner__phone=f"+8801700{number:06}")
        NudgeFactory(state="queued", channel="sms", due_at=timezone.now(), learner=preference.learner)
    url = database_url()
    with provider() as (provider_url, taken):
        for killed_after in (20, 70):
            with a_worker(url, provider_url):
                wait_until(lambda: len(taken) >= killed_after)  # noqa: B023  (called at once)
        with a_worker(url, provider_url) as worker:
            wait_until(lambda: "queued" not in states(url))
            worker.terminate()
            assert worker.wait(PATIENCE_SECONDS) == 0  # it was told to stop, and finished what it had begun
    found = states(url)
    assert len(taken) == len(set(taken))
    assert set(found) <= {"sent", "sending"}
    assert found["sent"] <= set(taken) <= found["sent"] | found.get("sending", set())
    assert sum(len(ids) for ids in found.values()) == MESSAGES
    assert len(found.get("sending", set())) <= 2 * 2 * 4  # what the two had in hand
