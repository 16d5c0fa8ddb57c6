"""One call to a provider over HTTP: bounded from the look-up of its name to the last byte, and exact about what it
leaves open.

The time-outs of an HTTP client bound each wait for a byte, not their sum, and no time-out of it bounds the look-up of a
host name. Here every read and write is given what is left of the whole; and it is known whether the request had gone
out when the call broke off, for one that had not is surely not taken.
"""

import json
import socket
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import httpcore2
import httpx2

from .base import ChannelError
from .lookup import look_up

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MAX_REPLY_BYTES = 64 * 1024
LONGEST_WAIT_SECONDS = 3600.0  # that a provider may ask for
IDLE_SECONDS = 4.0  # shorter than servers keep a connection: one that they close just then leaves open what arrived
MOST_CONNECTIONS = 200


@dataclass(frozen=True)
class Answer:
    """`body` is cut off where it is longer than any receipt. `retry_after` in seconds, if the provider says."""

    status: int
    body: bytes
    retry_after: float | None = None

    def read(self) -> dict[str, Any]:
        """The JSON object that it holds; empty for anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class _Call:
    deadline: float  # of time.monotonic
    has_begun: bool = False  # a byte of the request went out
    is_cut: bool = False  # the last piece of it did not go out whole

    def left(self, late: type[Exception]) -> float:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise late("The time for this message is over.")
        return seconds

    @property
    def may_have_arrived(self) -> bool:
        return self.has_begun and not self.is_cut


_call: ContextVar[_Call] = ContextVar("_call")


def post(url: str, *, headers: Mapping[str, str], content: bytes, total_seconds: float = TOTAL_SECONDS) -> Answer:
    """The answer, whatever its status. Raises ChannelError when none came."""
    pool = _pool()
    call = _Call(deadline=time.monotonic() + total_seconds)
    before = _call.set(call)
    try:
        return _ask(pool, url, list(headers.items()), content, call)
    except httpcore2.TimeoutException as error:
        raise _without_answer("provider_timeout", call) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise _without_answer("provider_unclear", call) from error
    finally:
        _call.reset(before)


def _ask(
    pool: httpcore2.ConnectionPool, url: str, headers: list[tuple[str, str]], content: bytes, call: _Call
) -> Answer:
    body = b""
    waits = {"pool": call.left(httpcore2.PoolTimeout), "connect": CONNECT_SECONDS}
    with pool.stream("POST", url, headers=headers, content=content, extensions={"timeout": waits}) as response:
        retry_after = _seconds_of(response.headers)
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                break
        return Answer(status=response.status, body=body, retry_after=retry_after)


def _without_answer(code: str, call: _Call) -> ChannelError:
    if call.may_have_arrived:
        return ChannelError(code, retrying_helps=True, may_have_arrived=True)
    return ChannelError("provider_unreachable", retrying_helps=True)


def _seconds_of(headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """Of Retry-After: seconds, or a date; None when it is neither."""
    text = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    try:
        seconds = float(text) if text[:1].isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        late = httpcore2.ConnectTimeout
        try:
            addresses = look_up(host, port, seconds=min(CONNECT_SECONDS, _call.get().left(late)))
        except TimeoutError as error:
            raise late(f"The look-up of {host} takes too long.") from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        refusal: Exception = httpcore2.ConnectError(f"{host} has no address.")
        for address in addresses:
            seconds = min(CONNECT_SECONDS, _call.get().left(late))
            try:
                stream = self._sockets.connect_tcp(address, port, timeout=seconds, socket_options=socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refusal = error
            else:
                return _Stream(stream)
        raise refusal


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_call.get().left(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        call = _call.get()
        call.is_cut = True
        self._stream.write(buffer, timeout=call.left(httpcore2.WriteTimeout))
        call.has_begun, call.is_cut = True, False

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = min(CONNECT_SECONDS, _call.get().left(httpcore2.ConnectTimeout))
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@lru_cache(maxsize=1)
def _pool() -> httpcore2.ConnectionPool:
    """The connections of this process."""
    return httpcore2.ConnectionPool(
        ssl_context=_trusted_roots(),
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=MOST_CONNECTIONS,
        keepalive_expiry=IDLE_SECONDS,
        network_backend=_Backend(),
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )


@lru_cache(maxsize=1)
def _trusted_roots() -> SSLContext:
    """Read once: reading them takes longer than all else that is done here to send a message."""
    return httpx2.create_ssl_context()


def close_connections() -> None:
    """Of this process; the next call opens new ones."""
    if _pool.cache_info().currsize:
        _pool().close()
        _pool.cache_clear()
