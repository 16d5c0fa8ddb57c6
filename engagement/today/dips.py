"""When a class gets worse as a whole: one thing to look into, and not an alarm for each of its learners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Sum

from riskscoring.levels import Level
from riskscoring.models import LabelCount

MORE_AT_LEAST: Final = 5  # learners; fewer are people's own affairs
SHARE_AT_LEAST: Final = 20  # of a hundred of the class
LOOK_BACK: Final = timedelta(days=7)  # for a day that was counted


@dataclass(frozen=True)
class Dip:
    cohort_id: int
    more: int  # learners at high risk than before
    high: int  # at high risk now
    learners: int


def dips_of(before: Mapping[int, Mapping[str, int]], now: Mapping[int, Mapping[str, int]]) -> list[Dip]:
    """The cohorts in which a fifth of the class, and five learners at least, became high since: the worst first.

    Both are cohort → level → learners.
    """
    found = []
    for cohort_id, levels in now.items():
        if cohort_id not in before:
            continue
        learners, high = sum(levels.values()), levels.get(Level.HIGH, 0)
        more = high - before[cohort_id].get(Level.HIGH, 0)
        if more >= MORE_AT_LEAST and more * 100 >= SHARE_AT_LEAST * learners:
            found.append(Dip(cohort_id, more, high, learners))
    return sorted(found, key=lambda dip: (-dip.more, dip.cohort_id))


def find_dips(*, since: date, until: date, cohort_ids: Iterable[int] | None = None) -> list[Dip]:
    """Between the last counted days until each of the two; of these cohorts alone, if given. In one query."""
    counted = LabelCount.objects.filter(cohort__isnull=False)
    if cohort_ids is not None:
        counted = counted.filter(cohort__in=list(cohort_ids))
    days = counted.filter(day__gt=since - LOOK_BACK, day__lte=until)
    rows = days.values_list("day", "cohort_id", "level").annotate(count=Sum("learners")).order_by("day")
    first: dict[int, tuple[date, dict[str, int]]] = {}
    last: dict[int, tuple[date, dict[str, int]]] = {}
    for day, cohort_id, level, count in rows:
        for at, kept in ((first, day <= since), (last, True)):
            if kept:
                if cohort_id not in at or at[cohort_id][0] != day:
                    at[cohort_id] = (day, {})
                at[cohort_id][1][level] = count
    return dips_of(
        {cohort_id: levels for cohort_id, (_day, levels) in first.items()},
        {cohort_id: levels for cohort_id, (_day, levels) in last.items()},
    )
