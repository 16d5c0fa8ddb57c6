"""The definition of the risk score: four inputs and a day in, the score with everything that explains it out.

Whole numbers throughout, so that no float meets a threshold, and expression.py gives the same digits in SQL.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, NamedTuple

SCORER: Final = "heuristic-1"

# In ten-thousandths; they belong to SCORER, and change only with its name.
HIGH_ABOVE: Final = 7000
MEDIUM_ABOVE: Final = 4000
ENOUGH_INPUTS: Final = 2

HIGH: Final = "high"
MEDIUM: Final = "medium"
LOW: Final = "low"
UNKNOWN: Final = "unknown"
LEVELS: Final = (HIGH, MEDIUM, LOW, UNKNOWN)

Given = Decimal | int | float | str | None
GivenTime = datetime | date | str | None


class Part(NamedTuple):
    """One term of the formula: its worry runs in whole `steps`, from 0 (none) to `steps` (all of its weight)."""

    name: str
    weight: int  # in tenths
    steps: int

    @property
    def worth(self) -> int:
        """What one step adds to the numerator. 210,000 is 10,000 × 21: the least that every number of steps divides."""
        return self.weight * 210_000 // self.steps


COMPLETED: Final = Part("completed_percent", weight=5, steps=10_000)
QUIZ: Final = Part("avg_quiz_score", weight=2, steps=10_000)
MISSED: Final = Part("consecutive_missed_sessions", weight=2, steps=7)
RECENCY: Final = Part("recency", weight=1, steps=30)
PARTS: Final = (COMPLETED, QUIZ, MISSED, RECENCY)


class Flag(StrEnum):
    """What staff should look at: an input that could not be used as it came."""

    UNREADABLE = "unreadable"  # taken as absent
    OUT_OF_RANGE = "out_of_range"  # taken as the nearest value that can be


class Pieces(NamedTuple):
    """The work behind a percentage, where it is known piece by piece."""

    handed_in: int
    due: int


@dataclass(frozen=True, slots=True)
class Term:
    """What one input did to the score.

    `value` is the input as it was counted: a percentage of two places, a number of sessions, or for recency the whole
    days since the learner was last seen (not above 0 when that is after the day); None when absent. `weight` is the
    most that this term can add here, to four places for showing. `contribution` is what it added, exactly.
    """

    name: str
    value: Decimal | int | None
    weight: Decimal
    contribution: Decimal
    flag: Flag | None = None
    given: str = ""  # the input as it came, when flagged
    pieces: Pieces | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A score between 0 and 1, to four places. The contributions of `terms`, always four, add up to it exactly."""

    score: Decimal
    label: str
    inputs_known: int
    terms: tuple[Term, ...]
    as_of: date
    scorer: str = SCORER

    @property
    def level(self) -> str:
        """What people are shown: the label, or "unknown" when too little is known to give one."""
        return self.label if self.inputs_known >= ENOUGH_INPUTS else UNKNOWN

    @property
    def priority(self) -> int:
        """The score in ten-thousandths, or -1 when too little is known: see RiskScore.priority."""
        return int(self.score.scaleb(4)) if self.inputs_known >= ENOUGH_INPUTS else -1

    @property
    def flags(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.flag)


class _Reading(NamedTuple):
    """An input made usable: its value as counted and how many steps of worry that is; both None when absent."""

    value: Decimal | int | None
    steps: int | None
    flag: Flag | None = None
    given: str = ""


def compute_risk(
    *,
    completed_percent: Given,
    avg_quiz_score: Given,
    consecutive_missed_sessions: Given,
    last_login: GivenTime,
    as_of: date,
    pieces: Pieces | None = None,
) -> Risk:
    """The risk of one learner as of a day. Any input may be absent (None or blank) or unreadable; none raises.

    A datetime without a zone, or a date, is read as UTC. `pieces` explain the percentage of completed work, as far as
    they make just that.
    """
    readings = (
        _percent(completed_percent),
        _percent(avg_quiz_score),
        _sessions(consecutive_missed_sessions),
        _recency(last_login, as_of),
    )
    present = [part.weight if reading.steps is not None else 0 for part, reading in zip(PARTS, readings, strict=True)]
    numerators = [part.worth * (reading.steps or 0) for part, reading in zip(PARTS, readings, strict=True)]
    denominator = 21 * sum(present)
    points = (2 * sum(numerators) + denominator) // (2 * denominator)  # half up
    shares = _shares(numerators, denominator, points)
    return Risk(
        score=_places(points),
        label=label_of(points),
        inputs_known=sum(reading.value is not None for reading in readings),
        terms=tuple(
            Term(
                name=part.name,
                value=reading.value,
                weight=_places((20_000 * weight + sum(present)) // (2 * sum(present))),
                contribution=_places(share),
                flag=reading.flag,
                given=reading.given,
                pieces=pieces if part is COMPLETED and _make(pieces, reading.value) else None,
            )
            for part, reading, weight, share in zip(PARTS, readings, present, shares, strict=True)
        ),
        as_of=as_of,
    )


def label_of(points: int) -> str:
    """The label of a score that is given in ten-thousandths."""
    return HIGH if points > HIGH_ABOVE else MEDIUM if points > MEDIUM_ABOVE else LOW


def _shares(numerators: list[int], denominator: int, points: int) -> list[int]:
    """The terms in ten-thousandths, so that they add up to `points`.

    Each is rounded down; what is then missing goes, one each, to those that lost most, the earlier term first. A term
    that is exact, so also one that is zero, never gets any: no more are missing than terms lost something.
    """
    shares = [numerator // denominator for numerator in numerators]
    by_loss = sorted(range(len(shares)), key=lambda at: -(numerators[at] % denominator))
    for at in by_loss[: points - sum(shares)]:
        shares[at] += 1
    return shares


def _make(pieces: Pieces | None, percent: Decimal | int | None) -> bool:
    """Whether this percentage, of two places and rounded half up, is that of these pieces."""
    if not pieces or not pieces.due or percent is None:
        return False
    return (20_000 * pieces.handed_in + pieces.due) // (2 * pieces.due) == percent * 100


def _places(points: int) -> Decimal:
    return Decimal(points).scaleb(-4)


def _percent(given: Given) -> _Reading:
    try:
        number = _number(given)
    except ValueError:
        return _unreadable(given)
    if number is None:
        return _Reading(None, None)
    nearest = max(Decimal(-1), min(number, Decimal(101)))  # so that rounding never meets a huge number
    rounded = nearest.quantize(Decimal("0.01"), ROUND_HALF_UP)
    counted = max(Decimal(0), min(rounded, Decimal(100)))
    steps = COMPLETED.steps - int(counted * 100)
    if counted != rounded:
        return _Reading(counted, steps, Flag.OUT_OF_RANGE, _shown(given))
    return _Reading(counted, steps)


def _sessions(given: Given) -> _Reading:
    try:
        number = _number(given)
        if number is not None and abs(number) < 10**9 and number != int(number):
            raise ValueError("a part of a session")
    except ValueError:
        return _unreadable(given)
    if number is None:
        return _Reading(None, None)
    if number < 0:
        return _Reading(0, 0, Flag.OUT_OF_RANGE, _shown(given))
    return _Reading(int(min(number, Decimal(10**9))), int(min(number, Decimal(MISSED.steps))))


def _recency(given: GivenTime, as_of: date) -> _Reading:
    try:
        seen_on = _utc_date(given)
    except ValueError:
        return _unreadable(given)._replace(steps=RECENCY.steps)
    if seen_on is None:
        return _Reading(None, RECENCY.steps)
    days = max(0, (as_of - seen_on).days)
    return _Reading(days, min(days, RECENCY.steps))


def _number(given: Given) -> Decimal | None:
    """The number that this is, or None when there is none. Raises ValueError when it can't be read."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool) or not isinstance(given, Decimal | int | float | str) or "_" in str(given):
        raise ValueError("not a number")
    try:
        number = Decimal(given) if isinstance(given, Decimal | int) else Decimal(str(given).strip())
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _utc_date(given: GivenTime) -> date | None:
    """The UTC day of this time, or None when there is none. Raises ValueError when it can't be read."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, str):
        given = datetime.fromisoformat(given.strip())
    if not isinstance(given, datetime):
        if not isinstance(given, date):
            raise ValueError("not a time")
        return given
    if given.tzinfo is None:
        return given.date()
    try:
        return given.astimezone(UTC).date()
    except OverflowError:  # hours from the first or the last moment of the calendar: one day more changes nothing
        return given.date()


def _unreadable(given: object) -> _Reading:
    return _Reading(None, None, Flag.UNREADABLE, _shown(given))


def _shown(given: object) -> str:
    return str(given).strip()[:40]
