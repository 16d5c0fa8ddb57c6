"""Whole numbers in addresses and forms, which anybody may write by hand."""

LONGEST = 18  # digits: every such number fits the databases' ids


def whole_number(text: str) -> int | None:
    """The number that these digits spell; None for any other text, for no text, and for one that no row could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
