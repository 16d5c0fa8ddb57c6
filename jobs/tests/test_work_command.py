"""The process beside the web server, as it is started everywhere, told to end and killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from jobs.tests.slow import begin_and_wait

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


@pytest.fixture
def database_url(tmp_path, transactional_db):
    """Of the database that the test sees, with one task waiting; on SQLite of a copy in a file."""
    begin_and_wait.enqueue(str(tmp_path))
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        path = tmp_path / "work.sqlite3"
        with closing(sqlite3.connect(path)) as file:
            connection.connection.backup(file)
        return f"sqlite:///{path}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return f"postgres://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


@pytest.fixture
def start(database_url):
    """start() is a worker; those that are left at the end are killed."""
    started = []

    def start_worker() -> subprocess.Popen:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "work", "--only", "tasks,schedule"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url, "ENVIRONMENT": "development", "TASK_QUEUE": "database"},
            stderr=subprocess.DEVNULL,
        )
        started.append(worker)
        return worker

    yield start_worker
    for worker in started:
        worker.kill()
        worker.wait()


def wait_for(path: Path, lines: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists() or len(path.read_text().splitlines()) < lines:
        assert time.monotonic() < deadline, f"{path.name} has no {lines} lines"
        time.sleep(0.02)


def test_the_task_of_a_worker_that_is_killed_is_done_again_once(start, tmp_path):
    first = start()
    wait_for(tmp_path / "begun", 1)
    first.kill()
    first.wait()
    (tmp_path / "go").touch()
    second = start()
    wait_for(tmp_path / "done", 1)
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE_SECONDS) == 0
    assert (tmp_path / "begun").read_text() == "begun\n" * 2
    assert (tmp_path / "done").read_text() == "done\n"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_finishes_what_it_does(start, tmp_path, told):
    worker = start()
    wait_for(tmp_path / "begun", 1)
    worker.send_signal(told)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.3)
    (tmp_path / "go").touch()
    assert worker.wait(PATIENCE_SECONDS) == 0
    assert (tmp_path / "done").read_text() == "done\n"


def test_a_role_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no role 'sleep'"):
        call_command("work", only="tasks,sleep")
