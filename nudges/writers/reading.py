"""How the rules read a text: without the disguises that leave it looking the same to a person. Pure."""

import re
import unicodedata

from ..invisible import INVISIBLE, JOINERS
from ..placeholders import PATTERN

# What a word is made of. `\w` alone leaves out the vowel signs of Bengali, and would see a word end at each of them.
LETTER = "[\\w\u0300-\u036f\u0980-\u09ff\u200c\u200d]"

# Nothing is to be seen of these, though Unicode calls them letters, marks or signs: its default ignorable code
# points, and the empty Braille cell. The selector U+FE0F is not among them: emoji are spelt with it.
BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)


def plain(text: str) -> str:
    """One form for full-width and composed letters, Western digits, and nothing invisible."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in composed
        if char in "\n\t" or unicodedata.category(char) not in INVISIBLE
    )


def in_words(text: str) -> str:
    """Lower-case words with single spaces between them, so that "At-Risk" and "at  risk" read alike."""
    return re.sub(r"[\s_\-\u2010-\u2015]+", " ", plain(text).casefold().replace("’", "'"))


def without_placeholders(text: str, instead: str = " ") -> str:
    return PATTERN.sub(instead, text)


def any_of(phrases: frozenset[str]) -> re.Pattern[str]:
    """Finds whole phrases in what `in_words` returns. A star stands for any ending: "fail*" finds "failing"."""
    alternatives = (re.escape(in_words(phrase)).replace(r"\*", f"{LETTER}*") for phrase in sorted(phrases))
    return re.compile(f"(?<!{LETTER})(?:{'|'.join(alternatives)})(?!{LETTER})")


def hidden_characters(text: str) -> list[str]:
    """Characters that a reader can't see and that change how a text is shown or matched; line breaks are fine."""
    return [char for position, char in enumerate(text) if _is_hidden(char, text[max(position - 1, 0) : position])]


def _is_hidden(char: str, before: str) -> bool:
    if BLANKS.match(char):
        return True
    if char in "\n\t" or unicodedata.category(char) not in INVISIBLE:
        return False
    if char in JOINERS:
        return not (
            "\u0980" <= before <= "\u09ff" or before == "\ufe0f" or unicodedata.category(before or " ") in {"So", "Sk"}
        )
    return True
