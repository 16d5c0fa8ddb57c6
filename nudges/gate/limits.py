"""The limits of all programs as pieces of SQL: a number, or a moment, for the program that a column names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from learners.sql import literal

from .policies import Policies
from .rules import DAY, HOUR, Policy


@dataclass(frozen=True)
class Limits:
    """`program` is the SQL of a learner's program. Where all programs have one limit, it is written out."""

    policies: Policies
    program: str = "l.program_id"

    def number(self, field: str) -> str:
        return self._for_each(lambda policy: str(int(getattr(policy, field))))

    def since(self, now: datetime, *, days: str = "", hours: str = "") -> str:
        """The moment that many days, or hours, before `now`: `days` and `hours` name the field that says how many."""
        return self._for_each(
            lambda policy: literal(now - (getattr(policy, days) * DAY if days else getattr(policy, hours) * HOUR))
        )

    @property
    def quiet(self) -> list[tuple[int, int]]:
        """Every two hours between which it is quiet in some program: the first of `quiet_number`, the second, …"""
        return list(dict.fromkeys((policy.quiet_from, policy.quiet_until) for policy in self.policies.all))

    @property
    def quiet_number(self) -> str:
        """The place in `quiet` of those that hold for the program."""
        return self._for_each(lambda policy: str(self.quiet.index((policy.quiet_from, policy.quiet_until))))

    def _for_each(self, text: Callable[[Policy], str]) -> str:
        default = text(self.policies.default)
        own = {program: text(policy) for program, policy in self.policies.by_program.items() if program is not None}
        cases = "".join(f" WHEN {int(program)} THEN {limit}" for program, limit in own.items() if limit != default)
        return f"CASE {self.program}{cases} ELSE {default} END" if cases else default
