"""Both sides of a batch, counted: who would get it, and who would not, and why."""

from collections import Counter
from dataclasses import dataclass, field

from learners.models import Learner

from ..gate import Code

NAMES_SHOWN = 100


@dataclass(frozen=True)
class Side:
    """Learners to whom the same happens, some of them by name."""

    code: str
    count: int
    learners: list[Learner]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.learners)


@dataclass
class Plan:
    """How many would get it, and how many would not, by the code of the reason; with the first names of each."""

    going: int = 0
    not_going: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[Learner]] = field(default_factory=dict)  # the first NAMES_SHOWN of each code

    @property
    def total(self) -> int:
        return self.going + self.staying

    @property
    def staying(self) -> int:
        return self.not_going.total()

    @property
    def sides(self) -> list[Side]:
        """Who gets it, then the reasons why others do not, the most frequent first."""
        counts = [(str(Code.ALLOWED), self.going), *self.not_going.most_common()]
        return [Side(code, count, self.names[code]) for code, count in counts if count]
