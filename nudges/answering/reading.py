"""What a learner's written answer means: "STOP" alone is a wish, whatever channel it came by. Pure."""

from typing import Final
from unicodedata import normalize

STOP_WORDS: Final = frozenset(
    {
        *("stop", "stop all", "stopall", "stop messages", "unsubscribe", "opt out", "optout"),
        *("বন্ধ", "বন্ধ করুন", "বন্ধ করেন", "বন্ধ করো", "বন্ধ কর", "থামুন", "থামান", "স্টপ", "আর পাঠাবেন না"),
        *("বার্তা বন্ধ করুন", "মেসেজ বন্ধ করুন", "মেসেজ বন্ধ করেন"),
    }
)
JOINERS: Final = str.maketrans("", "", "\u200c\u200d")  # shape Bengali letters, and are typed or not


def means_stop(text: str) -> bool:
    """Whether the text says nothing but that we should stop. "Please don't stop" is for a person to read."""
    plain = normalize("NFC", text).translate(JOINERS).casefold()
    words = "".join(char if char.isalnum() or ord(char) > 127 else " " for char in plain)
    return " ".join(words.split()).strip("।! ") in STOP_WORDS
