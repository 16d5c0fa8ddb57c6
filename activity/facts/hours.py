"""At which hour of the day a learner does most. Pure; usual_hours.py is the same for all learners in the database."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

LOOKED_AT: Final = timedelta(days=28)
EVENTS_AT_LEAST: Final = 5  # fewer are chance
HOURS: Final = 24


def usual_hour(moments: Iterable[datetime], *, now: datetime) -> tuple[int, int] | None:
    """The hour in UTC, and how many of these moments lie in it; None when there were too few in the last four weeks.

    An hour counts twice and its neighbours once, for somebody who begins at five to six is no other than at six. Among
    equals the one in which more was done, then the earlier.
    """
    counted = Counter(moment.astimezone(UTC).hour for moment in moments if now - LOOKED_AT < moment <= now)
    if counted.total() < EVENTS_AT_LEAST:
        return None

    def weight(hour: int) -> int:
        return 2 * counted[hour] + counted[(hour + 1) % HOURS] + counted[(hour - 1) % HOURS]

    hour = max(sorted(counted), key=lambda hour: (weight(hour), counted[hour], -hour))
    return hour, counted[hour]
