"""Processes that are killed without warning, over and over: what they were told is stored is there, once and whole."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from activity.models import Statement, StatementKey, Unfolded
from activity.store.keys import keys_of
from activity.tests.statements import incoming_of

ROOT = Path(__file__).parent.parent.parent

# Says each id when it is stored, as a door answers.
WRITER = """
import itertools, django
django.setup()
from activity.store.writing import store_statements
from activity.store.keys import keys_of
from activity.tests.statements import incoming_of
for size in itertools.cycle([1, 20, 1]):
    batch = [incoming_of() for _ in range(size)]
    store_statements(batch)
    print(*[one.id for one in batch], flush=True)
"""


@pytest.fixture
def database_url(tmp_path):
    """Of the database that the test sees; on SQLite of a copy in a file, as the test's own is in memory."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        path = tmp_path / "record.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as file:
            connection.connection.backup(file)
        return f"sqlite:///{path}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return f"postgres://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def acknowledged_by_a_writer_that_is_killed(database_url, after_lines, *, wait):
    """The ids that it said, whole lines only: a line that the kill cut was not said."""
    process = subprocess.Popen(  # noqa: S603  (our own script)
        [sys.executable, "-c", WRITER],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "engagement.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        said = [process.stdout.readline() for _ in range(after_lines)]
        time.sleep(wait)
        process.kill()
        said += process.stdout.readlines()
    return [id_ for line in said if line.endswith("\n") for id_ in line.split()]


def rows(model, *columns, database_url):
    if connection.vendor != "sqlite":
        return list(model.objects.values_list(*columns))
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
        return file.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table}").fetchall()  # noqa: S608


def wait_until_the_writers_are_gone(since):
    """PostgreSQL may be at work on the last command of a process that is dead."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_start > %s",
                [since],
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
    raise AssertionError("a writer is still at work")


def now_of_the_server():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_what_was_acknowledged_survives_the_death_of_its_writer(database_url):
    acknowledged = []
    begun = now_of_the_server() if connection.vendor == "postgresql" else None
    for number in range(3):
        acknowledged += acknowledged_by_a_writer_that_is_killed(database_url, 5 + number, wait=number * 0.013)
    if begun:
        wait_until_the_writers_are_gone(since=begun)
    stored = dict(rows(Statement, "statement_id", "position", database_url=database_url))
    ids = {str(id_).replace("-", "") for id_ in stored}
    assert len(acknowledged) == len(set(acknowledged)) > 3 * 5
    assert {id_.replace("-", "") for id_ in acknowledged} <= ids
    positions = set(stored.values())
    assert {position for (position,) in rows(Unfolded, "position", database_url=database_url)} == positions
    keys = rows(StatementKey, "position", "key", database_url=database_url)
    wanted = keys_of(incoming_of().statement)  # all are about the same
    assert {(position, key) for position, key in keys} == {(at, key) for at in positions for key in wanted}
