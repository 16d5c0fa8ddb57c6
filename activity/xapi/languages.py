"""Which language of a language map a caller would rather read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any


def best_language(tags: Collection[str], languages: Sequence[str]) -> str:
    """Of these tags, at least one, the one that suits best; the first when none suits.

    Lookup of RFC 4647, 3.4: each wanted language is cut from its end until a tag fits, "en-GB" to "en". And as HTTP has
    it, "en" is content with "en-US" as well.
    """
    by_lowered = {tag.lower(): tag for tag in tags}
    for wanted in languages:
        parts = wanted.lower().split("-")
        while parts:
            beginning = "-".join(parts)
            for lowered, tag in by_lowered.items():
                if lowered == beginning or lowered.startswith(f"{beginning}-"):
                    return by_lowered.get(beginning, tag)
            parts.pop()
    return next(iter(tags))


def in_one_language(texts: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """A language map with the text that suits best alone; an empty one stays empty."""
    if not texts:
        return {}
    tag = best_language(texts, languages)
    return {tag: texts[tag]}
