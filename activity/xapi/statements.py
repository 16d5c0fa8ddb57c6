"""Statements on their way in: parsed, checked, and with the text that they had."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class InvalidStatement(Exception):  # noqa: N818  (named for what it is, like Http404)
    """A statement breaks the specification. `path` is where ("statements[2].actor.mbox"), `message` what to do."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True)
class ParsedStatement:
    """A valid statement. `raw` is its own text exactly as it came, out of the array if it came in one."""

    statement: dict[str, Any]
    raw: str
