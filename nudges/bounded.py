"""Bounds on one conversation with a server: when it ends, whatever the server does, and how much it may say.

The time-outs of an HTTP client bound each wait for a byte, not their sum: a server that sends a byte a second is never
late. And no time-out of it bounds the look-up of a host name.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

import httpx2

LONGEST_BODY_BYTES = 100_000

Result = TypeVar("Result")


class BodyTooLarge(Exception):  # noqa: N818 (reads as what happened)
    """The server's answer is longer than any that we could use."""


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """The result of `call`, or TimeoutError after so many seconds by the clock on the wall.

    A call that is late goes on by itself in its thread, and nobody hears of it: it must not touch the database.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 (handed to the caller's thread, which raises it)
            outcome.set_exception(error)

    Thread(target=run, daemon=True, name="bounded-call").start()
    return outcome.result(timeout=seconds)


class BoundedTransport(httpx2.BaseTransport):
    """Cuts an answer off at its size limit, and at `deadline` (of time.monotonic), so that a late thread ends."""

    def __init__(self, transport: httpx2.BaseTransport, *, deadline: float) -> None:
        self._transport = transport
        self._deadline = deadline

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._transport.handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)  # noqa: S101 (a sync transport's answer)
        response.stream = _BoundedStream(response.stream, deadline=self._deadline)
        return response


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, *, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._stream:
            received += len(chunk)
            if received > LONGEST_BODY_BYTES:
                raise BodyTooLarge
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("The deadline has passed.")
            yield chunk

    def close(self) -> None:
        self._stream.close()
