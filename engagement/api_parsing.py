"""Reads a JSON body strictly: what no database can store is refused here, once, before any field is looked at."""

import json
import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from .api_errors import ApiError, invalid, not_json


class StrictJsonParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise not_json()
        return read_json(request.body)


def read_json(body: bytes) -> Any:
    """Raises ApiError for what is not JSON, and for text and numbers that could not be stored."""
    try:
        value = json.loads(body)
        problems = {".".join(path) or "body": [problem] for path, problem in _problems(value, ())}
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, a number of 5,000 digits, 5,000 brackets
        raise ApiError(400, "malformed_json", "The body is not JSON that can be read.") from error
    if problems:
        raise invalid(problems)
    return value


def _problems(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text or number in the body that could not be stored, with where it stands."""
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                yield path, "This text holds a character that can't be stored (NUL, or half of a pair)."
        case float():
            if not math.isfinite(value):
                yield path, "This number is too large."
        case dict():
            for key, inner in value.items():
                yield from _problems(key, path)
                yield from _problems(inner, (*path, key))
        case list():
            for position, inner in enumerate(value):
                yield from _problems(inner, (*path, str(position)))
