"""Who of an audience gets which text, and who does not, and why: shown before a bulk nudge, and then done."""

from .counting import (
    CHUNK,
    FACT_MISSING,
    NAMES_SHOWN,
    TOO_LONG,
    Outcome,
    Plan,
    Side,
    Text,
    learners_of,
    outcome_at,
    outcomes,
    plan,
    problems_of,
    texts_of,
)

__all__ = [
    "CHUNK",
    "FACT_MISSING",
    "NAMES_SHOWN",
    "TOO_LONG",
    "Outcome",
    "Plan",
    "Side",
    "Text",
    "learners_of",
    "outcome_at",
    "outcomes",
    "plan",
    "problems_of",
    "texts_of",
]
