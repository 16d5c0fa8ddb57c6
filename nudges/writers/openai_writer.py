"""Asks the language model, through any server that speaks OpenAI's API. The only file that imports openai.

It tells an expected failure (WriterFailed) from a bug, which rises. It knows nothing of learners.
"""

import random
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpx2
import openai
from django.conf import settings
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
    wait_random_exponential,
)

from ..bounded import BodyTooLarge, BoundedTransport, within
from .answers import Answer, read_answer
from .breaker import CircuitBreaker
from .failures import WriterFailed

DEADLINE_SECONDS = 8.0  # in all, retries included: somebody is waiting
CONNECT_SECONDS = 2.0
MOST_ATTEMPTS = 3
OPENAI_ADDRESS = "https://api.openai.com/v1"

_backoff = wait_random_exponential(multiplier=0.25, max=2)


def require_key() -> str:
    """The key, ready for a header. Raises WriterFailed: "no_key" without one, "auth" for one that can't be a key."""
    key = settings.OPENAI_API_KEY.strip()
    if not key:
        raise WriterFailed("no_key")
    if not key.isascii() or not key.isprintable():
        raise WriterFailed("auth")
    return key


@lru_cache(maxsize=8)
def breaker_for(address: str) -> CircuitBreaker:
    """This process's breaker of one server."""
    return CircuitBreaker()


def ask(
    *,
    system: str,
    user: str,
    schema_name: str,
    schema: dict[str, Any],
    deadline_seconds: float | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> Answer:
    """The JSON that the model answered. The schema is asked for, but not every server keeps it: check the content.

    `deadline_seconds` is DEADLINE_SECONDS unless given; `transport` replaces the network in tests.
    Raises WriterFailed with a code of failures.SENTENCES.
    """
    key = require_key()
    address = settings.OPENAI_BASE_URL or OPENAI_ADDRESS
    breaker = breaker_for(address)
    if not breaker.lets_through():
        raise WriterFailed("breaker_open", retrying_helps=True)

    seconds = DEADLINE_SECONDS if deadline_seconds is None else deadline_seconds
    deadline = time.monotonic() + seconds
    request: dict[str, Any] = {
        "model": settings.OPENAI_MODEL,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": schema_name, "strict": True, "schema": schema},
        },
    }
    try:
        body = within(
            seconds, lambda: _call(key, address, request, deadline=deadline, transport=transport or _network())
        )
    except _EXPECTED as error:
        breaker.record_failure()
        raise _failure(error) from error
    breaker.record_success()
    return read_answer(body)


def _call(
    key: str, address: str, request: dict[str, Any], *, deadline: float, transport: httpx2.BaseTransport
) -> bytes:
    """The body of the first answer that is none to try again. Runs in a thread of its own; see bounded.within."""
    client = openai.OpenAI(
        api_key=key,
        base_url=address,
        max_retries=0,  # tenacity's part, below: it knows the deadline
        http_client=httpx2.Client(transport=BoundedTransport(transport, deadline=deadline)),
    )
    for attempt in Retrying(
        retry=retry_if_exception(_is_worth_retrying),
        wait=_pause,
        stop=stop_any(stop_after_attempt(MOST_ATTEMPTS), stop_before_delay(deadline - time.monotonic())),
        reraise=True,
    ):
        with attempt:
            remaining = max(deadline - time.monotonic(), 0.01)
            timeout = httpx2.Timeout(remaining, connect=min(CONNECT_SECONDS, remaining))
            return client.chat.completions.with_raw_response.create(**request, timeout=timeout).content
    raise AssertionError("tenacity ends with a result or an exception")


@lru_cache(maxsize=1)
def _network() -> httpx2.BaseTransport:
    """Connections that outlive one call, so that a batch does not shake hands anew for every learner."""
    return httpx2.HTTPTransport(limits=httpx2.Limits(max_connections=20, max_keepalive_connections=5))


_EXPECTED = (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, BodyTooLarge, TimeoutError)


def _failure(error: Exception) -> WriterFailed:
    match error:
        case TimeoutError() | openai.APITimeoutError() | httpx2.TimeoutException():
            return WriterFailed("timeout", retrying_helps=True)
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return WriterFailed("auth")
        case openai.RateLimitError():
            return WriterFailed("rate_limited", retrying_helps=True)
        case openai.APIStatusError() if error.status_code >= 500:
            return WriterFailed("server_error", retrying_helps=True)
        case openai.APIStatusError():
            return WriterFailed("bad_request")
        case BodyTooLarge():
            return WriterFailed("bad_answer")
    return WriterFailed("unreachable", retrying_helps=True)


def _is_worth_retrying(error: BaseException) -> bool:
    if isinstance(error, openai.RateLimitError):
        return error.code != "insufficient_quota"  # an unpaid bill is not settled in a second
    if isinstance(error, openai.APIStatusError):
        return error.status_code >= 500 or error.status_code == 408
    return isinstance(error, openai.APIConnectionError)


def _pause(state: RetryCallState) -> float:
    """Seconds until the next attempt: what the server asks for, and a little more so that not all come at once."""
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
    return _backoff(state) if asked is None else asked + random.uniform(0.01, 0.2)  # noqa: S311 (no secret)


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds, given as such or as a date (RFC 9110, 10.2.3). None when absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0.0)
