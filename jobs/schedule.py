"""What settings.SCHEDULE is made of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """`cron`: five fields, in UTC; weekdays by name. `does`: a function's dotted path, which returns counts by name."""

    cron: str
    does: str
    title: Any  # for people, translated when it is shown
