"""Language tags and language maps."""

import re
from functools import lru_cache
from typing import Any

from ..statements import InvalidStatement

# RFC 5646, 2.1. Well-formed is enough: a registry of subtags would be out of date the day after.
_LANGTAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"  # language
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|\d{3}))?"  # region
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.ASCII,
)
_SINGLETON = re.compile(r"-([a-wy-z0-9])(?=-)")
_IRREGULAR = frozenset(
    {
        "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo",
        "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "art-lojban", "cel-gaulish",
        "no-bok", "no-nyn", "zh-guoyu", "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
    }
)  # fmt: skip


LONGEST = 100  # characters: far beyond any tag, and little enough to remember a thousand of them
TAG_WANTED = "Write a language tag of RFC 5646, such as en or pt-BR."


def is_language_tag(text: str) -> bool:
    """Whether the text is a well-formed tag of RFC 5646, with no variant or extension said twice."""
    return len(text) <= LONGEST and _is_well_formed(text)


@lru_cache(maxsize=1024)
def _is_well_formed(text: str) -> bool:
    lowered = text.lower()
    match = _LANGTAG.fullmatch(lowered)
    if match is None:
        return lowered in _IRREGULAR
    variants = (match["variants"] or "").split("-")[1:]
    singletons = _SINGLETON.findall(match["extensions"] or "")
    return len(set(variants)) == len(variants) and len(set(singletons)) == len(singletons)


def check_language_tag(value: Any, path: str) -> None:
    """Data 2.4.6: a language is a tag of RFC 5646 (XAPI-00091)."""
    if not isinstance(value, str) or not is_language_tag(value):
        raise InvalidStatement(path, TAG_WANTED)


def check_language_map(value: Any, path: str) -> None:
    """Data 4.2: texts, each under its language's tag (XAPI-00121). Tools that have no text send an empty one."""
    if not isinstance(value, dict):
        raise InvalidStatement(path, 'Write an object of texts by language, such as {"en": "Photosynthesis"}.')
    for tag, text in value.items():
        if not is_language_tag(tag):
            raise InvalidStatement(f'{path}["{tag[:100]}"]', TAG_WANTED)
        if not isinstance(text, str):
            raise InvalidStatement(f'{path}["{tag}"]', "Write a string.")
