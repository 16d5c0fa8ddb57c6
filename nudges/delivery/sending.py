"""Calls the channel: outside any transaction, and in threads that never touch the database."""

import logging
import random
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ..channels.base import ChannelError, Receipt, Transport
from ..querysets import STUCK_AFTER
from .claiming import Departure
from .retrying import next_try

log = logging.getLogger(__name__)

# Claimed longer ago, for example by a machine that slept, somebody may have decided on it meanwhile.
TOO_LATE_TO_CALL = STUCK_AFTER / 2


@dataclass(frozen=True)
class Outcome:
    """What came of one call: a receipt, or an error with the time of the next try (None: no more), or neither when
    the provider was not called."""

    departure: Departure
    receipt: Receipt | None = None
    error: ChannelError | None = None
    next_try_at: datetime | None = None


def call(transport: Transport, departure: Departure) -> Outcome:
    """Hand one message over. A bug in the transport rises: then nobody knows whether the message left."""
    if timezone.now() - departure.claimed_at > TOO_LATE_TO_CALL:
        return Outcome(departure)
    try:
        return Outcome(departure, receipt=transport.send(departure.message))
    except ChannelError as error:
        log.warning(
            "Nudge %s (%s) was not taken by %s: %s",
            departure.message.id,
            departure.correlation_id,
            transport.provider,
            error.code,
        )
        again = next_try(
            tries=departure.tries,
            retrying_helps=error.retrying_helps,
            may_have_arrived=error.may_have_arrived,
            recognises_id=transport.recognises_id,
            retry_after=error.retry_after,
            chance=random.random(),  # noqa: S311  (it spreads retries, and guards nothing)
            now=timezone.now(),
        )
        return Outcome(departure, error=error, next_try_at=again)


class Crew:
    """Threads that hand over one channel's messages, as many at once as may be."""

    def __init__(self, transport: Transport, size: int) -> None:
        self.transport = transport
        self.threads = ThreadPoolExecutor(size, thread_name_prefix=f"deliver-{transport.provider}")
        self.sending: dict[Future[Outcome], Departure] = {}

    def send(self, departures: Iterable[Departure]) -> None:
        for departure in departures:
            self.sending[self.threads.submit(call, self.transport, departure)] = departure

    def outcomes(self) -> list[Outcome]:
        """Of the calls that have ended. One that a bug ended has none: its nudge stays in SENDING, for a person."""
        ended = [future for future in self.sending if future.done()]
        found = []
        for future in ended:
            departure = self.sending.pop(future)
            if future.cancelled():
                found.append(Outcome(departure))
            elif (bug := future.exception()) is not None:
                log.error(
                    "Nudge %s (%s) could not be delivered",
                    departure.message.id,
                    departure.correlation_id,
                    exc_info=bug,
                )
            else:
                found.append(future.result())
        return found

    def call_no_more(self) -> None:
        """What was not begun is not begun any more; what was, goes on to its end."""
        for future in self.sending:
            future.cancel()

    def close(self) -> None:
        self.threads.shutdown(wait=True)
