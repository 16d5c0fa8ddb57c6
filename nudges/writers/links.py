"""Finds what a mail program or a phone would make clickable, however it is written. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from .reading import plain, without_placeholders

# Every repetition has its most, so that no text takes long to read.
_EMAIL = re.compile(r"[^\s@<>(),;:]{1,64}@[^\s@<>(),;:]{1,255}\.[^\W\d_]{2,}", re.IGNORECASE)
_WITH_SCHEME = re.compile(
    r"[a-z][a-z0-9+.\-]{0,30}:[/\\]+[^\s<>\"]*"
    r"|(?<!\w)(?:javascript|vbscript|data|file|blob|mailto|tel|sms|whatsapp|intent|tg):[^\s<>\"]+"
    r"|(?<![:/\w])(?://|\\\\)[^\s<>\"]+",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w.\-])(?:(?:[\w\-]+\.)+[^\W\d_]{2,24}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?(?:[/?#][^\s<>\"]*)?")
_CALENDAR_DATE = re.compile(r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\b\d{1,2}[-./]\d{1,2}[-./]\d{4}\b")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().\-]{0,2}\d){6,}")
_PUNCTUATION_AFTER = ".,;:!?…)]}»”’'\"।"


@dataclass(frozen=True)
class Contacts:
    """What a text offers to click, write to or call, and the text that is left without it."""

    links: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    rest: str


def contacts_in(text: str) -> Contacts:
    """`{link}` and the other placeholders are no contacts here: their values come from the facts."""
    rest = without_placeholders(plain(text), instead="x")  # a letter: "{first_name}.com" is a link as well
    links: list[str] = []
    for pattern in (_WITH_SCHEME, None, _BARE):
        if pattern is None:
            emails, rest = _take(_EMAIL, rest)
            continue
        found, rest = _take(pattern, rest)
        links += [link.rstrip(_PUNCTUATION_AFTER) for link in found]
    phones, _ = _take(_PHONE, _CALENDAR_DATE.sub(" ", rest))
    return Contacts(tuple(links), tuple(emails), tuple(phones), rest)


def is_allowed(link: str, hosts: frozenset[str]) -> bool:
    """Whether a link is a web address whose host, with its port if it names one, is exactly one of `hosts`.

    The whole network location is compared, so that `https://good.example@evil.example` is no good.
    """
    if "\\" in link:
        return False
    try:
        parts = urlsplit(link if ":" in link.split("/")[0] and "//" in link else f"https://{link.lstrip('/')}")
    except ValueError:
        return False
    host = parts.netloc.casefold()
    return parts.scheme in {"http", "https"} and bool(host) and host in hosts


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[str], str]:
    return [match[0] for match in pattern.finditer(text)], pattern.sub(" ", text)
