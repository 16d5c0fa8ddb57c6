"""JSON objects against their tables: for each property the check of its value; any other property is refused."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..statements import InvalidStatement

Check = Callable[[Any, str], None]
Table = Mapping[str, Check]


def within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def check_properties(value: Any, path: str, table: Table, *, required: Collection[str] = ()) -> None:
    """Data 2.2: an object, with all required properties, and none that `table` does not know."""
    if not isinstance(value, dict):
        raise InvalidStatement(path, "Write an object.")
    start = path and path + "."
    for name, inside in value.items():
        check = table.get(name)
        if check is None:
            raise InvalidStatement(start + name[:100], _unknown(name, table))
        check(inside, start + name)
    for name in required:
        if name not in value:
            raise InvalidStatement(start + name, "Add this property: it is required.")


def check_each(value: Any, path: str, check: Check) -> None:
    """An array, of which each element passes the check."""
    if not isinstance(value, list):
        raise InvalidStatement(path, "Write an array.")
    for number, one in enumerate(value):
        check(one, f"{path}[{number}]")


def array_of(check: Check) -> Check:
    return lambda value, path: check_each(value, path, check)


def exactly(word: str) -> Check:
    """The check that a value is this word, in this spelling (XAPI-00009)."""

    def check_word(value: Any, path: str) -> None:
        if value != word:
            raise InvalidStatement(path, f"Write “{word}”.")

    return check_word


def _unknown(name: str, table: Table) -> str:
    """Data 2.2: a key that the specification does not know is refused, and its case counts (XAPI-00008, XAPI-00010)."""
    for known in table:
        if known.lower() == name.lower():
            return f"Write “{known}”: upper and lower case matter."
    return "Leave this property out: only extensions may hold what the specification does not name."
