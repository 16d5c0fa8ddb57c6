"""What a learner's written answer means: "STOP" alone is a wish, whatever channel it came by. Pure."""

from typing import Final

STOP_WORDS: Final = frozenset(
    {"stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "বন্ধ", "বন্ধ করুন", "থামুন", "থামান"}
)


def means_stop(text: str) -> bool:
    """Whether the text says nothing but that we should stop. "Please don't stop" is for a person to read."""
    words = "".join(char if char.isalnum() or ord(char) > 127 else " " for char in text.casefold())
    return " ".join(words.split()).strip("।! ") in STOP_WORDS
