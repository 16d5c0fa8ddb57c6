"""Statements out of a request's body: strict JSON, each statement with its own text exactly as it came."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from math import isinf
from typing import Any, NoReturn

from .statements import InvalidStatement, ParsedStatement
from .validation import check_statement
from .versions import Version

DEEPEST = 100  # levels: no statement that means something comes near, and deeper ones could not be written out again

_SPACE = re.compile(r"[ \t\n\r]*")
_MAYBE_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  # escapes of NUL, and of halves of a character
_NO_CHARACTERS = "Leave out NUL and halves of surrogate pairs: they are no characters."
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def read_statements(body: bytes | str, *, version: Version) -> list[ParsedStatement]:
    """The valid statements of `body`: one object, or an array of them. Raises InvalidStatement for the first fault."""
    text = _decoded(body)
    start = _after_space(text, 0)
    if text[start : start + 1] == "[":
        return _read_batch(text, start, version)
    statement, end = _read_value(text, start, "")
    _refuse_rest(text, end)
    return [_checked(statement, text[start:end], version, "")]


def read_json(body: bytes | str) -> Any:
    """Any JSON value, as strictly as a statement's: for parameters and documents. Raises InvalidStatement."""
    text = _decoded(body)
    start = _after_space(text, 0)
    value, end = _read_value(text, start, "")
    _refuse_rest(text, end)
    _refuse_unstorable(value, text[start:end], "")
    return value


def _decoded(body: bytes | str) -> str:
    if isinstance(body, str):
        text = body
    else:
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise InvalidStatement("", f"Send UTF-8: byte {error.start} belongs to no character.") from error
    return text.removeprefix("\ufeff")  # RFC 8259, 8.1: a byte order mark may be ignored


def _after_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches everywhere, at least nothing


def _read_batch(text: str, start: int, version: Version) -> list[ParsedStatement]:
    parsed, seen = [], set()
    for number, (statement, raw) in enumerate(_elements(text, start)):
        path = f"statements[{number}]"
        parsed.append(_checked(statement, raw, version, path))
        if "id" in statement:
            # Communication 2.1.2: a batch in which two statements have the same id is refused.
            uuid = statement["id"].lower()
            if uuid in seen:
                raise InvalidStatement(f"{path}.id", "Give each statement of a batch an id of its own.")
            seen.add(uuid)
    return parsed


def _elements(text: str, start: int) -> Iterator[tuple[Any, str]]:
    """Each element of the array that begins at `start`, with its text. The text ends with the array."""
    at = _after_space(text, start + 1)
    number = 0
    if text[at : at + 1] == "]":
        return _refuse_rest(text, at + 1)
    while True:
        value, end = _read_value(text, at, f"statements[{number}]")
        yield value, text[at:end]
        at = _after_space(text, end)
        mark = text[at : at + 1]
        if mark == "]":
            return _refuse_rest(text, at + 1)
        if mark != ",":
            raise InvalidStatement("", f"Send valid JSON: a comma or ] is missing at character {at}.")
        at = _after_space(text, at + 1)
        number += 1


def _checked(statement: Any, raw: str, version: Version, path: str) -> ParsedStatement:
    _refuse_unstorable(statement, raw, path)
    check_statement(statement, version=version, path=path)
    return ParsedStatement(statement, raw)


def _read_value(text: str, at: int, path: str) -> tuple[Any, int]:
    try:
        return _decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise InvalidStatement(path, f"Send valid JSON: {error.msg}, at character {error.pos}.") from error
    except RecursionError as error:
        raise InvalidStatement(path, f"Nest values at most {DEEPEST} levels deep.") from error
    except ValueError as error:  # ours, below, or an integer of more digits than Python reads
        raise InvalidStatement(path, f"Send valid JSON: {error}.") from error


def _refuse_rest(text: str, end: int) -> None:
    if _after_space(text, end) != len(text):
        raise InvalidStatement("", f"Send one JSON value: something follows it at character {end}.")


def _refuse_unstorable(value: Any, raw: str, path: str) -> None:
    """What could not be looked up or written out again: NUL, halves of characters, values nested without end.

    NUL may stand in extensions: Data 4.1 forbids to refuse a statement for what its extensions hold.
    """
    if raw.count("[") + raw.count("{") > DEEPEST and _is_deeper(value, DEEPEST):
        raise InvalidStatement(path, f"Nest values at most {DEEPEST} levels deep.")
    if not raw.isascii() and _HALF_CHARACTER.search(raw):  # out of a text that was decoded elsewhere
        raise InvalidStatement(path, _NO_CHARACTERS)
    if "\\u" in raw and _MAYBE_UNSTORABLE.search(raw):
        if any("\0" in text for text in _strings(value, leave_out="extensions")):
            raise InvalidStatement(path, _NO_CHARACTERS)
        if any(map(_HALF_CHARACTER.search, _strings(value))):
            raise InvalidStatement(path, _NO_CHARACTERS)


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and arrays lie in one another more than `levels` deep. Not recursive: that is the danger."""
    inside = [value]
    for _level in range(levels):
        inside = [one for outer in inside for one in _children(outer) if isinstance(one, dict | list)]
        if not inside:
            return False
    return True


def _strings(value: Any, *, leave_out: str | None = None) -> Iterator[str]:
    """Every string in a value, keys included, but for what lies under the key to leave out."""
    inside = [value]
    while inside:
        one = inside.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from one
            inside.extend(child for name, child in one.items() if name != leave_out)
        elif isinstance(one, list):
            inside.extend(one)


def _children(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        twice = Counter(name for name, _value in members).most_common(1)[0][0]
        raise ValueError(f"the key {twice[:100]!r} stands twice in an object")
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(f"the number {digits[:20]} is too great")
    return number


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique_members, parse_float=_finite, parse_constant=_no_number)
