"""What the record store answers with, before it becomes an HTTP response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.http import http_date

from ..xapi import splicing

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818  (named for what it is, like Http404)
    """The call is turned down with this status. `path` is where in the body or which parameter is wrong."""

    def __init__(self, status: int, message: str, *, path: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.path = path
        self.headers = headers or {}

    def answer(self) -> Answer:
        problem = {"error": self.message, **({"path": self.path} if self.path else {})}
        return Answer(self.status, dump(problem), JSON, self.headers)


def dump(value: Any) -> bytes:
    """Compact JSON. Text is written as it is: what we serve, we have checked to be UTF-8."""
    return splicing.dump(value).encode()


def json_answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, dump(value), JSON, headers or {})


def last_modified(moment: datetime) -> dict[str, str]:
    return {"Last-Modified": http_date(moment.timestamp())}
