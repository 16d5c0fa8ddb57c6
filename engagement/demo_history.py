"""Twelve weeks of made-up learners: what each did, and the four inputs. Pure, and the same for the same seed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from types import MappingProxyType

DAYS = 84
WORK_DUE_ON = (2, 6)  # weekdays: a piece each Wednesday and Sunday, a quiz each Friday, sessions Tuesday and Thursday
QUIZ_ON = 4
SESSIONS_ON = (1, 3)


@dataclass(frozen=True)
class Inputs:
    last_login: datetime | None = None
    completed_percent: Decimal | None = None
    avg_quiz_score: Decimal | None = None
    consecutive_missed_sessions: int | None = None


@dataclass(frozen=True)
class Day:
    """What a learner did: None where nothing was due. `inputs` is what that comes to, at the end of the day."""

    day: date
    inputs: Inputs
    has_logged_in: bool = False
    handed_in: bool | None = None
    mark: Decimal | None = None
    attended: bool | None = None


# How likely a learner is to do what is due, from 0 to 1, when this share of the twelve weeks has passed.
HABITS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "steady": lambda passed: 0.95,
        "average": lambda passed: 0.78,
        "struggling": lambda passed: 0.45 - 0.15 * passed,
        "fading": lambda passed: 0.7 if passed < 0.36 else max(0.7 - 2 * (passed - 0.36), 0.0),
        "gone": lambda passed: max(0.5 - 1.25 * passed, 0.0),
        "recovering": lambda passed: 0.3 if passed < 0.55 else 0.95,
        "new": lambda passed: 0.0,
    }
)
SHARES = {  # of all learners, in percent
    "steady": 35,
    "average": 15,
    "struggling": 17,
    "fading": 17,
    "gone": 7,
    "recovering": 4,
    "new": 5,
}


def simulate(habit: str, *, first_day: date, now: datetime, random: Random, silent_days: int = 0) -> Iterator[Day]:
    """Each of DAYS days. A new learner has only just logged in, and nothing was due yet.

    In the last `silent_days` nobody could do anything: what was due is not handed in, and no session took place.
    """
    inputs = Inputs()
    ability = random.uniform(0.6, 0.95) if habit in {"steady", "recovering"} else random.uniform(0.4, 0.85)
    due = handed_in = 0
    marks: list[Decimal] = []
    for number in range(DAYS):
        day = first_day + timedelta(days=number)
        is_silent = number >= DAYS - silent_days
        likelihood = 0.0 if is_silent else HABITS[habit](number / DAYS)
        if habit == "new":
            has_logged_in = number == DAYS - 1 and random.random() < 0.6
            yield Day(day, replace(inputs, last_login=_moment(day, now, random)) if has_logged_in else inputs)
            continue
        done = Day(day, inputs)
        if random.random() < (0.1 + 0.8 * likelihood**1.3 if likelihood else 0.02) and not is_silent:
            inputs = replace(inputs, last_login=_moment(day, now, random))
            done = replace(done, has_logged_in=True)
        if day.weekday() in WORK_DUE_ON:
            done = replace(done, handed_in=random.random() < likelihood)
            due, handed_in = due + 1, handed_in + bool(done.handed_in)
            inputs = replace(inputs, completed_percent=_hundredths(100 * Decimal(handed_in) / due))
        if day.weekday() == QUIZ_ON and random.random() < likelihood:
            mark = min(max(random.gauss(100 * ability * (0.7 + 0.3 * likelihood), 9), 5), 100)
            done = replace(done, mark=_hundredths(Decimal(mark)))
            marks.append(_hundredths(Decimal(mark)))
            inputs = replace(inputs, avg_quiz_score=_hundredths(sum(marks, Decimal(0)) / len(marks)))
        if day.weekday() in SESSIONS_ON and not is_silent:
            done = replace(done, attended=random.random() < likelihood)
            missed = 0 if done.attended else (inputs.consecutive_missed_sessions or 0) + 1
            inputs = replace(inputs, consecutive_missed_sessions=missed)
        yield replace(done, inputs=inputs)


def _moment(day: date, now: datetime, random: Random) -> datetime:
    moment = datetime.combine(day, time(random.randrange(2, 18), random.randrange(60)), tzinfo=UTC)
    return min(moment, now)


def _hundredths(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)
