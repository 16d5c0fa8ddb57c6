"""Statements: stored, imported, sent and asked for, against COPY of flat rows with four indexes"""

import json
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection, transaction

from activity.importing import import_statements
from activity.models import Statement
from activity.store.incoming import Incoming
from activity.store.positions import stored_at
from activity.store.reading import StatementQuery, find_statements
from activity.store.writing import store_statements
from activity.xapi.versions import Version

from .harness import Finding, Limit, Ratio, seconds_of, tidy
from .record_store import RecordStore, running_record_store
from .statement_samples import VERBS, learner, lesson, statements

OF_WHAT = "statements"
FLAT_ROWS = 50_000
SINGLES, BATCHES, BATCH = 2_000, 200, 100
FILLING = 1_000
LEARNERS = 50_000
SHARED_LESSONS = 20  # about which all clients send
ASKED = 100  # of each kind of query
ACKNOWLEDGED_SECONDS, ANSWERED_SECONDS = 0.050, 0.010
# What 57,000 rows a second of COPY are to 2,000 single statements, to 10,000 in batches, and to 5,000 imported.
SINGLE_REACH, BATCH_REACH, IMPORT_REACH = 28.5, 5.7, 11.4
COPY = "COPY, a row"


def run(size: int) -> Iterator[Finding]:
    copied = copy_flat_rows(FLAT_ROWS) / FLAT_ROWS
    yield Limit("COPY of flat rows", 1 / copied, "rows a second")
    fill(size)
    tidy()
    yield from stored(copied)
    yield from imported(copied)
    yield from asked_for()
    with running_record_store() as record_store:
        yield from sent(record_store, copied)
        yield from answered(record_store)


def stored(copied: float) -> Iterator[Finding]:
    """By calls of the function that every door ends in."""
    singles = list(incoming(SINGLES, seed=1))
    seconds = seconds_of(lambda: [store_statements([one]) for one in singles])
    yield Ratio("single statements stored", seconds / SINGLES, COPY, copied, reach=SINGLE_REACH)
    batches = [list(incoming(BATCH, seed=1000 + number)) for number in range(BATCHES)]
    seconds = seconds_of(lambda: [store_statements(batch) for batch in batches])
    yield Ratio(f"batches of {BATCH} stored", seconds / BATCHES / BATCH, COPY, copied, reach=BATCH_REACH)


def imported(copied: float) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder:
        path = Path(folder) / "history.jsonl"
        with path.open("w") as file:
            file.writelines(json.dumps(one) + "\n" for one in statements(FLAT_ROWS, learners=LEARNERS, seed=2))
        seconds = seconds_of(lambda: import_statements(path))
    yield Ratio("import of a file, checks included", seconds / FLAT_ROWS, COPY, copied, reach=IMPORT_REACH)


def asked_for() -> Iterator[Finding]:
    """In this process: what the database and the finding take, without the door."""
    for name, query in queries():
        waits = [seconds_of(lambda: find_statements(query)) for _ in range(ASKED)]  # noqa: B023  (called at once)
        yield Limit(f"found, {name}, p50", median(waits), "s", at_most=ANSWERED_SECONDS)


def sent(record_store: RecordStore, copied: float) -> Iterator[Finding]:
    record_store.post(list(bodies(50, seed=3)), clients=4)  # what a server does once
    for clients, seed in ((1, 4), (8, 5)):
        answers = record_store.post(list(bodies(SINGLES, seed=seed)), clients=clients)
        what = f"single statements sent by {clients} at once"
        yield Ratio(
            what,
            answers.seconds / SINGLES,
            COPY,
            copied,
            reach=SINGLE_REACH,
            note=f"{SINGLES / answers.seconds:,.0f} a second",
        )
        yield Limit(f"{what}, p99 of the answer", answers.percentile(99), "s", at_most=ACKNOWLEDGED_SECONDS)
        yield Limit(f"{what}, errors", answers.errors, "", at_most=0)
    for clients, seed in ((1, 6), (4, 7), (8, 8)):
        answers = record_store.post(list(bodies(BATCHES, seed=seed * 1000, batch=BATCH)), clients=clients)
        what = f"batches of {BATCH} about {SHARED_LESSONS} activities sent by {clients} at once"
        rate = BATCHES * BATCH / answers.seconds
        yield Ratio(what, 1 / rate, COPY, copied, reach=BATCH_REACH, note=f"{rate:,.0f} a second")
        yield Limit(f"{what}, errors", answers.errors, "", at_most=0)


def answered(record_store: RecordStore) -> Iterator[Finding]:
    for name, parameters in parameters_of_queries():
        answers = record_store.get([parameters] * ASKED)
        what = f"GET, {name}, p50"
        yield Limit(what, answers.percentile(50), "s", at_most=ANSWERED_SECONDS)
        if answers.errors:
            yield Limit(f"GET, {name}, errors", answers.errors, "", at_most=0)


def queries() -> Iterator[tuple[str, StatementQuery]]:
    some = list(VERBS)
    yield "newest", StatementQuery(limit=100)
    yield "agent", StatementQuery(limit=100, agent=learner(77))
    yield "verb", StatementQuery(limit=100, verb=some[2])
    yield "activity", StatementQuery(limit=100, activity=lesson(3))
    yield "since, oldest first", StatementQuery(limit=100, since=middle(), ascending=True)
    yield "agent and verb", StatementQuery(limit=100, agent=learner(77), verb=some[2])
    yield "activity, related too", StatementQuery(limit=100, activity=lesson(3), related_activities=True)


def parameters_of_queries() -> Iterator[tuple[str, dict[str, str]]]:
    some_id = Statement.objects.order_by("position").values_list("statement_id", flat=True)[0]
    yield "one by its id", {"statementId": str(some_id)}
    for name, query in queries():
        given: dict[str, Any] = {
            "agent": json.dumps(query.agent) if query.agent else None,
            "verb": query.verb,
            "activity": query.activity,
            "since": query.since.isoformat() if query.since else None,
            "ascending": "true" if query.ascending else None,
            "related_activities": "true" if query.related_activities else None,
        }
        yield name, {name: value for name, value in given.items() if value}
    yield "newest, ids alone", {"format": "ids"}


def middle() -> Any:
    """Between the first statement and the last."""
    positions = Statement.objects.order_by("position").values_list("position", flat=True)
    first, last = stored_at(positions[0]), stored_at(positions.reverse()[0])
    return first + (last - first) / 2


def incoming(count: int, *, seed: int) -> Iterator[Incoming]:
    for one in statements(count, learners=LEARNERS, seed=seed):
        yield Incoming(uuid.UUID(one["id"]), one, json.dumps(one), Version.V1)


def bodies(count: int, *, seed: int, batch: int = 0) -> Iterator[bytes]:
    """Of requests: a statement each, or with `batch` arrays of so many."""
    for number in range(count):
        made = list(statements(batch or 1, learners=LEARNERS, seed=seed * 100_000 + number, lessons=SHARED_LESSONS))
        yield json.dumps(made if batch else made[0]).encode()


def fill(size: int) -> None:
    """So many statements, of which none wait to be folded."""
    batch: list[Incoming] = []
    for one in incoming(size, seed=0):
        batch.append(one)
        if len(batch) == FILLING:
            store_statements(batch)
            batch = []
    store_statements(batch)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM activity_unfolded")


def copy_flat_rows(count: int) -> float:
    """Seconds for as many rows of what a statement says, with four indexes: by COPY, or executemany on SQLite."""
    columns = "statement_id, actor, verb, object, stored, raw"
    rows = [
        (one["id"], json.dumps(one["actor"]), one["verb"]["id"], one["object"]["id"], one["timestamp"], json.dumps(one))
        for one in statements(count, learners=LEARNERS, seed=9)
    ]
    native = connection.vendor == "postgresql"
    types = ("uuid", "timestamptz") if native else ("char(36)", "text")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE flat (statement_id {types[0]} PRIMARY KEY, actor text, verb text, object text, "
            f"stored {types[1]}, raw text)"
        )
        for column in ("actor", "verb", "object"):
            cursor.execute(f"CREATE INDEX flat_{column} ON flat ({column}, stored)")
        seconds = seconds_of(lambda: _copy(rows, columns, native=native))
        cursor.execute("DROP TABLE flat")
    return seconds


def _copy(rows: Sequence[tuple[str, ...]], columns: str, *, native: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if not native:
            connection.connection.executemany(f"INSERT INTO flat ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
            return
        with cursor.copy(f"COPY flat ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
