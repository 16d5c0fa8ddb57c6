"""Who of an audience gets which text, and who does not, and why: shown before a bulk nudge, and then done.

`stating` decides about all of them at once, `places` which text fits whom, `hours` when it leaves, `storing` writes it
down, `sides` counts it.
"""

from .services import plan_batch, preview
from .sides import Plan, Side

__all__ = [
    "Plan",
    "Side",
    "plan_batch",
    "preview",
]
