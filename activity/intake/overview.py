"""All that the page about the intake shows, read in a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.charts import Bar, histogram

from ..models import PoisonedMessage, Refusal, Unfolded
from ..modes import Mode
from ..store.positions import stored_at
from ..streaming.poison import unsettled
from ..streaming.promises import Promise, promise_of_database
from ..streaming.state import StreamState, state_of_stream
from .rates import MINUTES, Rate, events_stored, statements_stored

MESSAGES_SHOWN = 50
REASONS_SHOWN = 12
REFUSALS_SINCE = timedelta(hours=24)
LATE_AFTER = timedelta(seconds=30)  # a statement should be an event within seconds
RATES_KEPT_SECONDS = 5  # for all who look at the page
MANY = 100_000  # statements in an hour: counting them takes a moment, so it is done less often
CHART_WIDTH, CHART_HEIGHT = 600.0, 80.0

# What each process remembers for itself: the shared cache may be in the Redis whose absence this page tells of.
_rates_kept = LocMemCache("activity-rates", {})


@dataclass(frozen=True)
class Backlog:
    """What waits in one place."""

    count: int
    oldest_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.oldest_at is not None and now - self.oldest_at > LATE_AFTER


@dataclass(frozen=True)
class RefusedCalls:
    status: int
    reason: str
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Overview:
    """`stream` is None where there is none to ask, or it does not answer."""

    now: datetime
    mode: Mode
    stream: StreamState | None
    unfolded: Backlog
    statements: Rate
    events: Rate
    refused: tuple[RefusedCalls, ...]
    messages: tuple[PoisonedMessage, ...]
    messages_count: int

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What somebody should look at now, each with what to do. Empty when all is well."""
        return tuple(_problems(self))

    @cached_property
    def promise(self) -> Promise:
        """What a crash can cost."""
        if self.stream is not None and (self.is_streaming or self.stream.waiting):
            return self.stream.promise
        return promise_of_database(_settings_of_database())

    @property
    def is_streaming(self) -> bool:
        return self.mode is Mode.STREAMING

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Statements a minute, the oldest first."""
        minutes = [
            (_minutes_ago(MINUTES - number), count, "") for number, count in enumerate(self.statements.per_minute)
        ]
        return histogram(minutes, width=CHART_WIDTH, height=CHART_HEIGHT)


def overview(*, now: datetime) -> Overview:
    statements, events = _rates(now)
    set_aside = unsettled()
    return Overview(
        now=now,
        mode=Mode(settings.ETL_MODE),
        stream=state_of_stream(),
        unfolded=unfolded(),
        statements=statements,
        events=events,
        refused=tuple(_refused(now)),
        messages=tuple(set_aside[:MESSAGES_SHOWN]),
        messages_count=set_aside.count(),
    )


def unfolded() -> Backlog:
    """Statements that are stored and not yet events."""
    oldest = Unfolded.objects.order_by("position").values_list("position", flat=True).first()
    return Backlog(Unfolded.objects.count(), None if oldest is None else stored_at(oldest))


def refusals_since(moment: datetime) -> QuerySet[Refusal]:
    return Refusal.objects.filter(at__gte=moment).order_by()


def _rates(now: datetime) -> tuple[Rate, Rate]:
    kept: tuple[Rate, Rate] | None = _rates_kept.get("")
    if kept is None:
        kept = statements_stored(now), events_stored(now)
        times = 1 if kept[0].last_hour < MANY else 6
        _rates_kept.set("", kept, timeout=times * RATES_KEPT_SECONDS)
    return kept


def _settings_of_database() -> dict[str, str]:
    if connection.vendor == "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        return dict(cursor.fetchall())


def _refused(now: datetime) -> Iterator[RefusedCalls]:
    rows = refusals_since(now - REFUSALS_SINCE).values("status", "reason").annotate(count=Count("*"), last=Max("at"))
    for row in rows.order_by("-count", "-last")[:REASONS_SHOWN]:
        yield RefusedCalls(row["status"], row["reason"], row["count"], row["last"])


def _problems(found: Overview) -> Iterator[str]:
    if found.is_streaming and found.stream is None:
        yield _("Redis does not answer. Statements go straight to the database; those in the stream wait for Redis.")
    if found.stream is not None:
        yield from _problems_of_stream(found, found.stream)
    if not found.is_streaming and not found.promise.is_kept:
        yield f"{found.promise.sentence} {found.promise.advice}"
    if found.unfolded.is_late(found.now):
        yield _("Statements wait to become events. Is manage.py fold_statements --loop running?")
    if found.messages_count:
        yield ngettext(
            "%(count)s message is set aside. Look at its reason below.",
            "%(count)s messages are set aside. Look at their reasons below.",
            found.messages_count,
        ) % {"count": found.messages_count}


def _problems_of_stream(found: Overview, stream: StreamState) -> Iterator[str]:
    if stream.is_full:  # consumers can't even say that they run
        yield _("Redis is full, or nearly. Statements go straight to the database until consumers have made room.")
    elif not stream.is_consumed and (found.is_streaming or stream.waiting):
        yield _("No consumer is running. Start manage.py consume_statements --loop.")
    elif Backlog(stream.waiting, stream.oldest_at).is_late(found.now):
        yield _("Statements wait in the stream longer than they should. Start more consumers, or mend the database.")
    if found.is_streaming and not stream.promise.is_kept:
        yield f"{stream.promise.sentence} {stream.promise.advice}"


def _minutes_ago(minutes: int) -> str:
    return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
