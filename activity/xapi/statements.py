"""Statements on their way in: parsed, checked, and with the text that they had."""

from dataclasses import dataclass
from typing import Any


class InvalidStatement(Exception):  # noqa: N818  (named for what it is, like Http404)
    """A statement breaks the specification. `path` is where ("statements[2].actor.mbox"), `message` what to do."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True)
class ParsedStatement:
    """A valid statement. `raw` is its own text exactly as it came, out of the array if it came in one."""

    statement: dict[str, Any]
    raw: str
