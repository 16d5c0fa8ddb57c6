"""What a learner's written message asks for, when it is but a word or two. Pure. "Stop": answering/reading.py."""

from typing import Final

HELP: Final = frozenset({"help", "help me", "i need help", "need help", "সাহায্য", "সাহায্য চাই", "সাহায্য করুন", "আমার সাহায্য দরকার"})
FINE: Final = frozenset({"fine", "i am fine", "i’m fine", "i'm fine", "im fine", "ভালো আছি", "আমি ভালো আছি"})


def kind_of(text: str, *, is_stop: bool = False) -> str:
    """A key of Reply.Kind. Whatever is longer than these words is for a person to read."""
    words = " ".join(text.casefold().split()).strip(" .!?।")
    if is_stop:
        return "stop"
    if words in HELP:
        return "help"
    return "fine" if words in FINE else "text"
