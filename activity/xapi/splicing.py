"""Members put into the text of a JSON object, everything else left exactly as it is written."""

import json
import re
from collections.abc import Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # what the decoder itself reads names with

_SPACE = re.compile(r"[ \t\n\r]*")
_scan = json.JSONDecoder().raw_decode


def splice(text: str, *, over: Mapping[str, str], under: Mapping[str, str]) -> str:
    """The object with the members `over` in the place of its own, and those of `under` that it does not have.

    `text` is a valid JSON object; the members' values are JSON. A number keeps its digits, a text its escapes.
    """
    kept, names = [], set()
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] != "}":
        start = at
        name, at = scanstring(text, at + 1)
        at = _after_space(text, _after_space(text, at) + 1)  # the colon
        _value, at = _scan(text, at)
        names.add(name)
        if name not in over:
            kept.append(text[start:at])
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    added = {**{name: value for name, value in under.items() if name not in names}, **over}
    kept += [f"{json.dumps(name)}:{value}" for name, value in added.items()]
    return "{" + ",".join(kept) + "}"


def _after_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches everywhere, at least nothing
