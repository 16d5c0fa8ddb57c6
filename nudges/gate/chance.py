"""Who is in which group, by chance, and always in the same: a hash of the learner and of what it is for.

Whole numbers alone, none above 2^62, so that Python, SQLite and PostgreSQL agree to the last digit.
"""

from typing import Final

PRIME: Final = 2_147_483_647
STEPS: Final = 10_000


def draw(learner_id: int, salt: int) -> int:
    """0 to STEPS − 1, as good as random in both arguments. Squaring breaks up what neighbours have in common."""
    value = (learner_id % PRIME * 48_271 + salt) % PRIME
    value = (value * value + 69_621) % PRIME
    value = (value * value + salt) % PRIME
    return (value * 16_807) % PRIME % STEPS


def draw_sql(learner_id: str, salt: int) -> str:
    """The same of a column of learners' ids."""
    value = f"(({learner_id} % {PRIME}) * 48271 + {int(salt)}) % {PRIME}"
    squared = f"(({value}) * ({value}) + 69621) % {PRIME}"
    # Written out, the second square would hold the first four times over: the planner keeps it in a column instead.
    return f"((({squared}) * ({squared}) + {int(salt)}) % {PRIME} * 16807) % {PRIME} % {STEPS}"
