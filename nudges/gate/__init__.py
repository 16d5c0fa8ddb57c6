"""The one gate: every nudge passes it before it is queued, and again just before it leaves.

`rules` decides (pure), `asking` gathers the facts of learners named one by one, `expression` decides for any number of
learners in the database, `policies` has the limits that staff set, `chance` the groups.
"""

from .asking import decide_each, decide_for, decide_for_channels, lock
from .rules import A_PERSONS_OWN, Code, ContactFacts, Decision, Policy, Purpose

__all__ = [
    "A_PERSONS_OWN",
    "Code",
    "ContactFacts",
    "Decision",
    "Policy",
    "Purpose",
    "decide_each",
    "decide_for",
    "decide_for_channels",
    "lock",
]
