"""The limits that hold for a program, as staff keep them."""

from dataclasses import fields

from ..models import ContactPolicy
from .rules import Policy

DEFAULT = Policy()  # until staff say otherwise
FIELDS = [field.name for field in fields(Policy)]


class Policies:
    """All limits, read in one query: ask it for each learner."""

    def __init__(self) -> None:
        rows = ContactPolicy.objects.values_list("program_id", *FIELDS)
        by_program = {program_id: Policy(**dict(zip(FIELDS, limits, strict=True))) for program_id, *limits in rows}
        self.default = by_program.pop(None, DEFAULT)
        self.by_program = by_program

    @property
    def longest_days(self) -> int:
        """How far back any of them looks at nudges."""
        return max(max(7, limits.goal_days, limits.template_rest_days) for limits in self.all)

    @property
    def all(self) -> list[Policy]:
        return [self.default, *self.by_program.values()]

    def of(self, program_id: int | None) -> Policy:
        return self.by_program.get(program_id, self.default) if program_id else self.default
