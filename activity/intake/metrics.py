"""The intake in numbers for Prometheus, read from the database and Redis when they are asked for.

Nothing is counted in a process: several of them serve, and each would tell its own part. What would be a counter is the
count of the last minute, so that any scrape shows it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ..models import Event, Statement
from ..streaming.poison import unsettled
from ..streaming.state import StreamState, state_of_stream
from .overview import refusals_since, unfolded
from .rates import count_of_last_minute

REFUSALS_SINCE = timedelta(minutes=15)


class IntakeCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield _gauge("statements_stored_last_minute", "Statements stored", count_of_last_minute(Statement, now))
        yield _gauge("events_last_minute", "Statements of known learners stored", count_of_last_minute(Event, now))
        backlog = unfolded()
        yield _gauge("unfolded_statements", "Statements stored that are to become events", backlog.count)
        yield _gauge("unfolded_oldest_seconds", "Age of the oldest of these", _age(backlog.oldest_at, now))
        yield _gauge("messages_set_aside", "Messages that failed and are not settled", unsettled().count())
        yield _refused(now)
        yield from _of_stream(state_of_stream(), now)


def _of_stream(stream: StreamState | None, now: datetime) -> Iterator[Metric]:
    yield _gauge("stream_up", "Whether Redis answers; 0 also where none is set up", int(stream is not None))
    if stream is None:
        return
    yield _gauge("stream_waiting", "Statements in the stream that are not stored", stream.waiting)
    yield _gauge("stream_held", "Of these, taken by consumers", stream.held)
    yield _gauge("stream_oldest_seconds", "Age of the oldest of these", _age(stream.oldest_at, now))
    alive = sum(consumer.is_alive for consumer in stream.consumers)
    yield _gauge("stream_consumers", "Consumers that were heard of in the last seconds", alive)
    yield _gauge(
        "stream_promise_kept", "Whether a crash of Redis costs no more than a second", int(stream.promise.is_kept)
    )


def _refused(now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "engage_activity_refused_calls", "Refused calls of the last 15 minutes that were noted", labels=["status"]
    )
    counts = refusals_since(now - REFUSALS_SINCE).values_list("status").annotate(count=Count("*")).order_by("status")
    for status, count in counts:
        family.add_metric([str(status)], count)
    return family


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"engage_activity_{name}", says, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    """In seconds; 0 when nothing waits."""
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
