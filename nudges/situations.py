"""The shape of a learner's fact sheet: those whose sheets have one shape can share a text.

Bits of a number: which facts are known, which are worth a word, and which a text names. Pure, and the same in SQL.
"""

from decimal import Decimal
from typing import Final

from .placeholders import names_in

COMPLETED, QUIZ, MISSED, SEEN, TASK, MINUTES, DEADLINE = 1, 2, 4, 8, 16, 32, 64
FACTS: Final = {
    "completed_percent": COMPLETED,
    "quiz_average": QUIZ,
    "missed_sessions": MISSED,
    "days_since_seen": SEEN,
    "task": TASK,
    "deadline": DEADLINE,
    "minutes": MINUTES,
}

COMPLETED_BELOW: Final = 75
QUIZ_BELOW: Final = 60
MISSED_FROM: Final = 2
DAYS_FROM: Final = 7


def known(
    *, completed_percent: Decimal | None, quiz_average: Decimal | None, missed_sessions: int | None, days: int | None
) -> int:
    """The bits of the facts that are known."""
    values = (completed_percent, quiz_average, missed_sessions, days)
    return sum(bit for bit, value in zip((COMPLETED, QUIZ, MISSED, SEEN), values, strict=True) if value is not None)


def situation(
    *, completed_percent: Decimal | None, quiz_average: Decimal | None, missed_sessions: int | None, days: int | None
) -> int:
    """The bits of the facts that are known and worth a word: 16 situations at most."""
    return (
        (COMPLETED if completed_percent is not None and completed_percent < COMPLETED_BELOW else 0)
        + (QUIZ if quiz_average is not None and quiz_average < QUIZ_BELOW else 0)
        + (MISSED if missed_sessions is not None and missed_sessions >= MISSED_FROM else 0)
        + (SEEN if days is not None and days >= DAYS_FROM else 0)
    )


def needs(*texts: str) -> int:
    """The bits of the facts that these texts name."""
    bits = 0
    for text in texts:
        for name in names_in(text):
            bits |= FACTS.get(name, 0)
    return bits


def known_sql(learner: str) -> str:
    """`known` of a row of learners_learner."""
    return (
        f"(CASE WHEN {learner}.completed_percent IS NULL THEN 0 ELSE {COMPLETED} END"
        f" + CASE WHEN {learner}.avg_quiz_score IS NULL THEN 0 ELSE {QUIZ} END"
        f" + CASE WHEN {learner}.consecutive_missed_sessions IS NULL THEN 0 ELSE {MISSED} END"
        f" + CASE WHEN {learner}.last_login IS NULL THEN 0 ELSE {SEEN} END)"
    )


def situation_sql(learner: str, days: str) -> str:
    """`situation` of a row of learners_learner; `days` is the SQL of its whole days since it was last seen, or null."""
    return (
        f"(CASE WHEN {learner}.completed_percent < {COMPLETED_BELOW} THEN {COMPLETED} ELSE 0 END"
        f" + CASE WHEN {learner}.avg_quiz_score < {QUIZ_BELOW} THEN {QUIZ} ELSE 0 END"
        f" + CASE WHEN {learner}.consecutive_missed_sessions >= {MISSED_FROM} THEN {MISSED} ELSE 0 END"
        f" + CASE WHEN {days} >= {DAYS_FROM} THEN {SEEN} ELSE 0 END)"
    )
