"""Planning a campaign for everybody, beside one plain INSERT … SELECT of the same rows into the same tables"""

import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from learners.sql import execute, literal, rows
from nudges.audience import Audience
from nudges.models import NudgeBatch, Wording
from nudges.planning import plan_batch, preview
from riskscoring.services import recompute_risk

from .harness import Finding, Limit, Ratio, peak_megabytes, seconds_of, tidy
from .learners import DAY, NUMBERS, fill_learners

NOW = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
TIMES = 3
TABLES = ("nudges_nudge", "nudges_nudgeevent")
ZONES = ("UTC", "Asia/Dhaka", "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Sydney")
NEW_UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def run(size: int) -> Iterator[Finding]:
    fill_learners(size)
    recompute_risk(as_of=DAY, trigger="benchmark")
    _fill_what_the_gate_reads(size)
    batch = _batch()
    tidy()
    looked = seconds_of(lambda: preview(batch, now=NOW))
    plain: list[float] = []
    ours: list[float] = []
    for _ in range(TIMES):
        tidy()
        ours.append(seconds_of(lambda: _plan(batch)))
        if not plain:
            _keep_a_copy(batch)
        _take_back(batch)
        tidy()
        plain.append(seconds_of(_insert_the_copy))
        _take_back(batch)
    counts = dict(rows("SELECT reason, count(*) FROM bench_nudges_nudge GROUP BY reason"))
    go = counts.pop("")
    why_not = ", ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items(), key=lambda one: -one[1]))
    yield Ratio(
        "planned at once",
        statistics.median(ours),
        "one plain INSERT … SELECT of its rows",
        statistics.median(plain),
        1.3,
        note=f"{go:,} go; {why_not}",
    )
    yield Limit("both sides counted, before anything is sent", looked, "s")
    yield Limit("peak memory of this process, with what it was filled by", peak_megabytes(), "MB")


def _plan(batch: NudgeBatch) -> None:
    with transaction.atomic():
        plan_batch(batch, now=NOW)


@transaction.atomic
def _insert_the_copy() -> None:
    for table in TABLES:
        execute(f"INSERT INTO {table} SELECT * FROM bench_{table}")


def _keep_a_copy(batch: NudgeBatch) -> None:
    """The rows as they were planned, in tables without any index. They lie in the order in which they are inserted."""
    with transaction.atomic():
        execute(
            "CREATE TABLE bench_nudges_nudge AS SELECT * FROM nudges_nudge WHERE batch_id = %s ORDER BY id", [batch.pk]
        )
        execute(
            """CREATE TABLE bench_nudges_nudgeevent AS SELECT * FROM nudges_nudgeevent
            WHERE nudge_id IN (SELECT id FROM bench_nudges_nudge) ORDER BY id"""
        )


@transaction.atomic
def _take_back(batch: NudgeBatch) -> None:
    execute("DELETE FROM nudges_nudgeevent")
    execute("DELETE FROM nudges_nudge WHERE batch_id = %s", [batch.pk])


def _batch() -> NudgeBatch:
    """What a campaign plans: two channels, texts for every situation, two of them to compare, own hours, a holdout."""
    batch = NudgeBatch.objects.create(
        audience=Audience(query="").as_json(),
        origin="campaign",
        channel="email",
        channels=["email", "in-app"],
        type="reminder",
        goal="campaign:1",
        holdout_percent=10,
        salt=4711,
        window_from=9,
        window_until=20,
        usual_hour=17,
        learns_hours=True,
    )
    Wording.objects.bulk_create(
        Wording(
            batch=batch, channel=channel, language=language, situation=situation, arm=arm, source="ai",
            subject="Your course", body="Hi {first_name}, your next lesson waits: {link}",
        )
        for channel in batch.channels
        for language in ("en", "bn")
        for situation in range(16)
        for arm in "ab"
    )  # fmt: skip
    return batch


@transaction.atomic
def _fill_what_the_gate_reads(size: int) -> None:
    """Zones, languages, courses that ended, stops, what learners agreed to, usual hours, and what they heard before."""
    numbers = NUMBERS[connection.vendor]
    zones = " ".join(f"WHEN {place} THEN '{zone}'" for place, zone in enumerate(ZONES))
    execute(
        f"""UPDATE learners_learner SET timezone = CASE id %% {len(ZONES)} {zones} END,
        status = CASE WHEN id %% 25 = 0 THEN 'finished' ELSE 'active' END,
        language = CASE WHEN id %% 4 = 0 THEN 'bn' ELSE 'en' END"""
    )
    execute(
        f"""INSERT INTO nudges_automationstop (learner_id, goal, cause, since)
        SELECT n, '', 'reply', {literal(NOW)} FROM ({numbers} SELECT n FROM numbers) numbers WHERE n %% 200 = 3""",
        [size],
    )
    for channel, condition, allowed in (("email", "n %% 3 > 0", "TRUE"), ("in-app", "n %% 20 = 1", "FALSE")):
        execute(
            f"""INSERT INTO learners_contactpreference (learner_id, channel, allowed, decided_at, source, verified_at)
            SELECT n, '{channel}', {allowed}, {literal(NOW)}, 'bench', {literal(NOW)}
            FROM ({numbers} SELECT n FROM numbers) numbers WHERE {condition}""",
            [size],
        )
    execute(
        f"""INSERT INTO activity_usualhour (learner_id, hour, events)
        SELECT n, n %% 24, 10 FROM ({numbers} SELECT n FROM numbers) numbers WHERE n %% 2 = 0""",
        [size],
    )
    for days, condition in ((0.5, "n %% 17 = 2"), (2, "n %% 13 < 3"), (3, "n %% 13 = 1"), (20, "n %% 2 = 1")):
        _fill_nudges(size, at=NOW - timedelta(days=days), condition=condition)


def _fill_nudges(size: int, *, at: datetime, condition: str) -> None:
    columns = {
        "uuid": NEW_UUID[connection.vendor],
        "correlation_id": NEW_UUID[connection.vendor],
        "learner_id": "n",
        "state": "'delivered'",
        "channel": "'in-app'",
        "goal": "'reminder'",
        "type": "'reminder'",
        "language": "'en'",
        "origin": "'bulk'",
        "source": "'template'",
        "edited": "FALSE",
        **dict.fromkeys(("created_at", "queued_at", "due_at", "sent_at"), literal(at)),
        **dict.fromkeys(("arm", "subject", "body", "content", "reason"), "''"),
        **dict.fromkeys(("fallback_reason", "prompt_version", "model"), "''"),
        **dict.fromkeys(("priority", "stage", "tries", "tokens_in", "tokens_out", "cost_usd"), "0"),
    }
    execute(
        f"""INSERT INTO nudges_nudge ({", ".join(columns)})
        SELECT {", ".join(columns.values())}
        FROM ({NUMBERS[connection.vendor]} SELECT n FROM numbers) numbers WHERE {condition}""",
        [size],
    )
