"""Where the texts of many messages come from, and what they are held against.

`text` one text and its place; `templates` and `drafts` the two sources; `audiences` for which languages and situations;
`keeping` what was paid for already; `cost` what it would cost; `checking` what is wrong with a text.
"""

from .checking import problems_of
from .cost import Estimate
from .text import Text, digest_of, store_texts, texts_of
from .writing import estimate_for, rewrite_wordings, write_texts

__all__ = [
    "Estimate",
    "Text",
    "digest_of",
    "estimate_for",
    "problems_of",
    "rewrite_wordings",
    "store_texts",
    "texts_of",
    "write_texts",
]
