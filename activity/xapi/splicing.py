"""Members of a JSON object put in, replaced or changed, everything else left exactly as it is written."""

import json
import re
from collections.abc import Callable, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # what the decoder itself reads names with
from typing import Any

_BEGINNING = re.compile(r"[ \t\n\r]*\{[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_BETWEEN = re.compile(r"[ \t\n\r]*,?[ \t\n\r]*")
_read_value = json.JSONDecoder().raw_decode


def splice(
    text: str,
    *,
    over: Mapping[str, str],
    under: Mapping[str, str],
    changes: Mapping[str, Callable[[Any], Any]],
) -> str:
    """The object with `over` in the place of its own members, with those of `under` that it does not have, and with
    what `changes` make of the values of others: a value that comes back equal stays as it is written.

    `text` is a valid JSON object; values of `over` and `under` are JSON. A number keeps its digits, a text its escapes.
    """
    kept, names = [], set()
    at = _after(_BEGINNING, text, 0)
    while text[at] != "}":
        start = at
        name, at = scanstring(text, at + 1)
        value, at = _read_value(text, _after(_COLON, text, at))
        names.add(name)
        if name not in over:
            changed = changes[name](value) if name in changes else value
            kept.append(text[start:at] if changed == value else f"{dump(name)}:{dump(changed)}")
        at = _after(_BETWEEN, text, at)
    kept += [f"{dump(name)}:{value}" for name, value in under.items() if name not in names and name not in over]
    kept += [f"{dump(name)}:{value}" for name, value in over.items()]
    return "{" + ",".join(kept) + "}"


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    return pattern.match(text, at).end()  # type: ignore[union-attr]  # matches wherever it is asked in valid JSON


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(value: Any) -> str:
    """Compact JSON, with every letter as it is."""
    return _dump(value)
