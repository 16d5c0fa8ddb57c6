"""Delivery in numbers for Prometheus, read when they are asked for: several processes deliver, and each would tell its
own part. What would be a counter is the count of the last minute."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from learners.channels import Channel

from ..models import Attempt, ChannelState, Nudge
from .channel_states import FIELDS
from .overview import queues
from .pacing import Pace

A_MINUTE = timedelta(minutes=1)


class DeliveryCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        waiting = _family("nudges_waiting", "Nudges that are due and wait to leave", ["channel", "priority"])
        oldest = _family("nudges_oldest_seconds", "How long the oldest of these is due", ["channel", "priority"])
        for queue in queues(now=now):
            labels = [queue.channel, str(queue.priority)]
            waiting.add_metric(labels, queue.due)
            age = 0.0 if queue.oldest_at is None else (now - queue.oldest_at).total_seconds()
            oldest.add_metric(labels, age)
        yield waiting
        yield oldest
        stuck = _family("nudges_stuck", "Nudges that were cut off while they were being sent", ["channel"])
        for channel, count in _by_channel(Nudge.objects.stuck(now).values_list("channel")):
            stuck.add_metric([channel], count)
        yield stuck
        calls = _family("calls_last_minute", "Calls to providers begun in the last minute", ["provider", "outcome"])
        begun = Attempt.objects.filter(started_at__gt=now - A_MINUTE).order_by().values_list("provider", "outcome")
        for provider, outcome, count in begun.annotate(count=Count("pk")):
            calls.add_metric([provider, outcome], count)
        yield calls
        failing = _family("channel_failing", "Whether a channel's provider is left alone for its failures", ["channel"])
        for row in ChannelState.objects.values("channel", *FIELDS):
            channel = row.pop("channel")
            failing.add_metric([channel], int(Pace(**row).is_failing))
        yield failing


def _by_channel(rows: object) -> Iterator[tuple[str, int]]:
    found = dict(rows.order_by().annotate(count=Count("pk")))  # type: ignore[attr-defined]
    return ((channel, found.get(channel, 0)) for channel in Channel.values)


def _family(name: str, says: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"engage_delivery_{name}", says, labels=labels)
