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


def draws_into(learner_id: int, salt: int, *, percent: int) -> bool:
    """Whether the learner is among so many percent."""
    return draw(learner_id, salt) < percent * STEPS // 100


def draw_sql(learner_id: str, salt: int) -> str:
    """The same of a column of learners' ids, for a statement with parameters: % is written %%."""
    value = f"(({learner_id} %% {PRIME}) * 48271 + {int(salt)}) %% {PRIME}"
    squared = f"(({value}) * ({value}) + 69621) %% {PRIME}"
    return f"((({squared}) * ({squared}) + {int(salt)}) %% {PRIME} * 16807) %% {PRIME} %% {STEPS}"


def draws_into_sql(learner_id: str, salt: int, *, percent: int) -> str:
    """The same of a column of learners' ids, for a statement with parameters."""
    if percent <= 0:
        return "1 = 0"
    return "1 = 1" if percent >= 100 else f"{draw_sql(learner_id, salt)} < {percent * STEPS // 100}"
