"""The id that leads from a cause to all that came of it: a request's, or a job run's, in every line of the log.

A request's comes from its X-Request-ID, where that is a UUID; the answer carries it back.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"

_current: ContextVar[uuid.UUID | None] = ContextVar("correlation_id", default=None)


def correlation_id() -> uuid.UUID | None:
    """Of what is being done now; None where nothing has begun, as in a shell."""
    return _current.get()


@contextmanager
def correlated(by: uuid.UUID) -> Iterator[None]:
    token = _current.set(by)
    try:
        yield
    finally:
        _current.reset(token)


class CorrelationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = _read(request.headers.get(HEADER, "")) or uuid.uuid4()
        with correlated(given):
            response = self.get_response(request)
        response[HEADER] = str(given)
        return response


class CorrelationFilter(logging.Filter):
    """Gives each line of the log its `correlation`, or a dash."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.correlation = _current.get() or "-"
        return True


def _read(text: str) -> uuid.UUID | None:
    """Only what is a UUID: anything else would end up in logs and rows as its sender likes."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
