"""When a whole cohort falls silent: a holiday or an outage, and no reason to worry about each of its learners.

A day is silent when at most a tenth of the learners who are usually active on that weekday were active: usually is in
the four weeks before the silence began. A run of silent days is an interruption when chance does not explain it: three
days at least on which anybody was to be expected, and ten such learners over them (with ten expected, the odds of
seeing one or none are 1 in 2,000). Days on which nobody is ever active, as weekends may be, belong to a run and don't
make one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LEARNERS_AT_LEAST: Final = 5  # who were active before; fewer are a few people's plans
SILENT_DAYS_AT_LEAST: Final = 3
EXPECTED_AT_LEAST: Final = 10
USUAL_WEEKS: Final = 4
ONE_IN: Final = 10
# A cohort that stays silent for longer has finished, or is lost. Either way its silence is no interruption any more.
DAYS_AT_MOST: Final = 56

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True)
class Silence:
    first_day: date
    last_day: date


def find_silences(active: Mapping[date, int], *, first: date, last: date) -> Iterator[Silence]:
    """The runs that begin on one of these days, in order. `active` is how many learners were, by day; absent is none.

    Its first four weeks must lie before `first`.
    """
    day = first
    while day <= last:
        end = _end_of_silence(active, begin=day, last=last)
        if end:
            yield Silence(day, end)
            day = end
        day += DAY


def _end_of_silence(active: Mapping[date, int], *, begin: date, last: date) -> date | None:
    """The last day of the interruption that begins on this day, if one does."""
    usual = [
        sum(active.get(begin + number * DAY - weeks * WEEK, 0) for weeks in range(1, USUAL_WEEKS + 1))
        for number in range(7)
    ]  # by days from `begin`: of four weeks together, so four times the usual number
    if not _is_silent(active.get(begin, 0), usual[0]):
        return None
    days = expected = 0
    end = begin
    for number in range(min((last - begin).days + 1, DAYS_AT_MOST)):
        day, usually = begin + number * DAY, usual[number % 7]
        if usually == 0 and active.get(day, 0) == 0:
            continue
        if not _is_silent(active.get(day, 0), usually):
            break
        end = day
        days += 1
        expected += usually
    else:
        end = min(last, begin + (DAYS_AT_MOST - 1) * DAY)  # the quiet days at its end are a part of it so far
    is_one = days >= SILENT_DAYS_AT_LEAST and expected >= EXPECTED_AT_LEAST * USUAL_WEEKS
    return end if is_one else None


def _is_silent(active: int, usually: int) -> bool:
    return usually > 0 and active * USUAL_WEEKS * ONE_IN <= usually
