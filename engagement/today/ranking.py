"""Who comes first: how worried we are × how much worse it got × whether a person can be reached. Pure."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

UNCHANGED: Final = 2_000  # getting worse by so many ten-thousandths counts twice as much as standing still
WORSE_AT_MOST: Final = 4_000  # more than that is a new learner or a mended record, not three times the trouble


class Reach(IntEnum):
    """How a learner can be reached: what a message weighs there, in halves."""

    NOT_AT_ALL = 0
    INSIDE_ONLY = 1  # in-app: seen when they come, which is what those who stay away do not do
    DIRECTLY = 2  # a message or a call


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rank needs to know of one learner. Scores in ten-thousandths; `before` is None where there was none."""

    learner_id: int
    priority: int
    before: int | None
    reach: Reach

    @property
    def worsened(self) -> int:
        """By how many ten-thousandths the score rose since the last visit; negative when it fell."""
        return 0 if self.before is None else self.priority - self.before

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def rank(self) -> int:
        """The higher the sooner; 0 is not in the queue: nobody can reach them from here."""
        return self.priority * (UNCHANGED + min(max(self.worsened, 0), WORSE_AT_MOST)) * self.reach


def ranked(standings: list[Standing]) -> list[Standing]:
    """Those with a rank, the first first; where two are the same, the one known for longer."""
    return sorted((one for one in standings if one.rank > 0), key=lambda one: (-one.rank, one.learner_id))
