"""Text for spreadsheets, which take a cell that begins like a formula for one (OWASP, CSV injection)."""

FORMULA_STARTS = frozenset("=+-@\t\r")


def escaped(text: str) -> str:
    """With an apostrophe before what would be a formula: spreadsheets show such text as it is."""
    return f"'{text}" if text[:1] in FORMULA_STARTS else text


def unescaped(text: str) -> str:
    """What `escaped` made of it, taken back."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text
