"""Delivers what is due: claims, calls and outcomes of all channels, overlapping, so that no thread waits for the
database and no channel for another."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from learners.channels import Channel

from .. import links
from ..channels.base import Transport, transport_for
from ..models import Nudge
from . import outcomes, stuck
from .called_off import cancel_what_came_back
from .claiming import claim
from .sending import Crew, Outcome, call
from .waiting import anything_due

LIMIT = 1000  # nudges a round: between two, the worker looks what else there is to do
AHEAD_OF_RECOGNISED = 200
GATHERING_SECONDS = 0.02  # outcomes that come within this are written together
NAP = timedelta(seconds=0.5)  # the longest without a look at whether to stop
LOOK_AGAIN_AFTER = timedelta(seconds=0.5)  # where nothing was due


class Lane:
    """One channel's part of a round."""

    def __init__(self, channel: str, transport: Transport) -> None:
        self.channel = channel
        self.transport = transport
        self.crew = Crew(transport, settings.DELIVERY_CONCURRENCY)
        # What is claimed and not yet called is in doubt when we are killed, unless the provider recognises it.
        self.capacity = AHEAD_OF_RECOGNISED if transport.recognises_id else 2 * settings.DELIVERY_CONCURRENCY
        self.looked_at = 0
        self.rests_until: datetime | None = None  # nothing to do until then

    def fill(self, *, limit: int) -> None:
        """Claim what there is room for, once there is room for a quarter."""
        free = min(self.capacity - len(self.crew.sending), limit)
        if free < 1 or free < min(self.capacity // 4, limit):
            return
        now = timezone.now()
        if self.rests_until is not None and now < self.rests_until:
            return
        if not self.crew.sending and not anything_due(self.channel, now=now):  # elsewhere no row is locked
            self.rests_until = now + LOOK_AGAIN_AFTER
            return
        claimed = claim(self.channel, self.transport, limit=free)
        self.looked_at += claimed.looked_at
        self.crew.send(claimed.departures)
        if claimed.looked_at == free:
            self.rests_until = None
        elif claimed.looked_at or claimed.why:
            self.rests_until = claimed.until or now + (LOOK_AGAIN_AFTER if claimed.why else timedelta())
        else:
            self.rests_until = now + LOOK_AGAIN_AFTER

    def write(self) -> None:
        outcomes.write(self.channel, self.crew.outcomes())

    def seconds_of_rest(self) -> float:
        return 0.0 if self.rests_until is None else (self.rests_until - timezone.now()).total_seconds()


def deliver_due(*, limit: int = LIMIT, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver up to so many nudges that are due; how many were looked at. Told to stop, it begins no new call, waits
    for those that are begun, and puts the others back."""
    cancel_what_came_back()
    lanes = _lanes()
    try:
        while True:
            stopping = should_stop()
            for lane in lanes:
                if stopping:
                    lane.crew.call_no_more()
                else:
                    lane.fill(limit=limit - sum(other.looked_at for other in lanes))
                lane.write()
            if calls := [future for lane in lanes for future in lane.crew.sending]:
                _gather(calls)
            elif stopping or sum(lane.looked_at for lane in lanes) >= limit:
                break
            else:
                rest = min(lane.seconds_of_rest() for lane in lanes)
                if rest >= LOOK_AGAIN_AFTER.total_seconds() / 2:
                    break
                time.sleep(max(rest, 0.0))
    finally:
        for lane in lanes:
            lane.crew.close()
    return sum(lane.looked_at for lane in lanes)


def deliver(nudge: Nudge) -> Nudge:
    """Send this one now, if it is due and its channel takes it, unless somebody else does; the nudge as it then is."""
    transport = transport_for(nudge.channel)
    for departure in claim(nudge.channel, transport, limit=1, only=nudge.pk).departures:
        outcomes.write(nudge.channel, [call(transport, departure)])
    nudge.refresh_from_db()
    return nudge


def _lanes() -> list[Lane]:
    links.prepare()
    lanes = [Lane(channel, transport_for(channel)) for channel in Channel.values]
    for lane in lanes:
        stuck.queue_again_what_is_recognised(lane.channel, lane.transport, now=timezone.now())
    return lanes


def _gather(calls: list[Future[Outcome]]) -> None:
    """Until a call has ended, and those that end a moment later."""
    if wait(calls, timeout=NAP.total_seconds(), return_when=FIRST_COMPLETED).done:
        time.sleep(GATHERING_SECONDS)
