"""How delivery is doing, for the page of operations and for Prometheus, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q, Value
from django.db.models.functions import Concat, StrIndex, Substr
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learners.channels import Channel

from ..models import Attempt, ChannelState, Nudge
from ..querysets import STUCK_AFTER
from ..reasons import sentence_of
from ..states import State
from .channel_states import FIELDS
from .pacing import Pace, Why, room

LATE_AFTER = timedelta(minutes=2)
STUCK_SHOWN = 50
FAILURES_SINCE = timedelta(hours=24)

# Nudge.priority in words; between two of these counts the one before.
URGENCIES: dict[int, str | Promise] = {
    0: gettext_lazy("People and the API"),
    2: gettext_lazy("Daily reminders"),
    4: gettext_lazy("Bulk nudges"),
    6: gettext_lazy("Campaigns"),
}


@dataclass(frozen=True)
class Queue:
    """What waits on one channel with one priority: now, for its time, and for its release or for people."""

    channel: str
    priority: int
    due: int
    later: int
    held: int
    oldest_at: datetime | None  # of those that are due

    @property
    def urgency(self) -> str | Promise:
        return URGENCIES[max(priority for priority in URGENCIES if priority <= self.priority)]

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)


@dataclass(frozen=True)
class ChannelNow:
    """How one channel's provider is doing. `why` it takes nothing at the moment, if it does not."""

    channel: str
    pace: Pace
    why: Why | None
    last_minute: int  # calls that ended well
    last_hour: int

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def is_failing(self) -> bool:
        return self.pace.is_failing


@dataclass(frozen=True)
class Failures:
    """Calls of the last day that a channel's provider refused, by reason."""

    provider: str
    code: str
    count: int

    @property
    def sentence(self) -> str | Promise:
        return sentence_of(self.code)


@dataclass(frozen=True)
class Overview:
    now: datetime
    queues: tuple[Queue, ...]
    channels: tuple[ChannelNow, ...]
    failures: tuple[Failures, ...]
    stuck: tuple[Nudge, ...]
    stuck_count: int
    concurrency: int

    @property
    def due(self) -> int:
        return sum(queue.due for queue in self.queues)

    @property
    def later(self) -> int:
        return sum(queue.later for queue in self.queues)

    @property
    def oldest_at(self) -> datetime | None:
        return min((queue.oldest_at for queue in self.queues if queue.oldest_at), default=None)

    @property
    def last_minute(self) -> int:
        return sum(channel.last_minute for channel in self.channels)

    @property
    def last_hour(self) -> int:
        return sum(channel.last_hour for channel in self.channels)

    @property
    def stuck_after_minutes(self) -> int:
        return int(STUCK_AFTER.total_seconds() // 60)

    @property
    def problems(self) -> list[str]:
        """What somebody should look at now, each with what to do. Empty when all is well."""
        found = []
        for channel in self.channels:
            if channel.is_failing:
                found.append(
                    _("%(channel)s: the provider fails. One message is tried from time to time; the others wait.")
                    % {"channel": channel.label}
                )
            elif channel.pace.is_paused:
                found.append(_("%(channel)s is paused by hand. Its messages wait.") % {"channel": channel.label})
        free = {channel.channel for channel in self.channels if channel.why is None}
        if any(q.channel in free and q.oldest_at and self.now - q.oldest_at > LATE_AFTER for q in self.queues):
            found.append(_("Messages wait longer than they should. Is manage.py work running?"))
        if self.stuck_count:
            found.append(
                ngettext(
                    "%(count)s message was cut off while it was being sent. Find out whether it arrived.",
                    "%(count)s messages were cut off while they were being sent. Find out whether they arrived.",
                    self.stuck_count,
                )
                % {"count": self.stuck_count}
            )
        return found


def overview(*, now: datetime) -> Overview:
    stuck = Nudge.objects.stuck(now)
    return Overview(
        now=now,
        queues=tuple(queues(now=now)),
        channels=tuple(_channels(now)),
        failures=tuple(_failures(now)),
        stuck=tuple(
            stuck.select_related("learner")
            .annotate(attempt_id=Min("attempts", filter=Q(attempts__finished_at=None)))
            .order_by("due_at")[:STUCK_SHOWN]
        ),
        stuck_count=stuck.count(),
        concurrency=settings.DELIVERY_CONCURRENCY,
    )


def queues(*, now: datetime) -> Iterable[Queue]:
    """One for each channel and priority of which anything waits."""
    due, later = Q(due_at__lte=now), Q(due_at__gt=now)
    rows = (
        Nudge.objects.filter(state=State.QUEUED)
        .values("channel", "priority")
        .annotate(
            due=Count("pk", filter=due),
            later=Count("pk", filter=later),
            held=Count("pk", filter=Q(due_at=None)),
            oldest_at=Min("due_at", filter=due),
        )
        .order_by("channel", "priority")
    )
    return (Queue(**row) for row in rows)


def _channels(now: datetime) -> Iterable[ChannelNow]:
    paces = {row.pop("channel"): Pace(**row) for row in ChannelState.objects.values("channel", *FIELDS)}
    accepted = Attempt.objects.filter(started_at__gt=now - timedelta(hours=1), outcome=Attempt.Outcome.ACCEPTED)
    counts = {
        row["nudge__channel"]: row
        for row in accepted.order_by()
        .values("nudge__channel")
        .annotate(hour=Count("pk"), minute=Count("pk", filter=Q(started_at__gt=now - timedelta(minutes=1))))
    }
    for channel in Channel.values:
        pace = paces.get(channel, Pace())
        count = counts.get(channel, {"hour": 0, "minute": 0})
        yield ChannelNow(channel, pace, room(pace, wanted=1, now=now).why, count["minute"], count["hour"])


def _failures(now: datetime) -> Iterable[Failures]:
    """An attempt's error begins with the code of its reason, and a colon."""
    refused = Attempt.objects.filter(started_at__gt=now - FAILURES_SINCE, outcome=Attempt.Outcome.REFUSED)
    rows = (
        refused.exclude(error="")
        .annotate(code=Substr("error", 1, StrIndex(Concat("error", Value(":")), Value(":")) - 1))
        .order_by()
        .values("provider", "code")
        .annotate(count=Count("pk"))
        .order_by("-count", "provider", "code")
    )
    return (Failures(**row) for row in rows)
