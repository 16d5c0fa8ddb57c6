"""Who of an audience gets which text, and who does not, and why: shown before a bulk nudge, and then done.

`stating` decides about all of them at once, `places` which text fits whom, `hours` when it leaves, `storing` writes it
down, `sides` counts it.
"""

from .counting import CHUNK, Outcome, Text, learners_of, outcome_at, outcomes, plan, problems_of, texts_of
from .services import plan_batch, preview
from .sides import Plan, Side

__all__ = [
    "CHUNK",
    "Outcome",
    "Plan",
    "Side",
    "Text",
    "learners_of",
    "outcome_at",
    "outcomes",
    "plan",
    "plan_batch",
    "preview",
    "problems_of",
    "texts_of",
]
