"""The orders that a list of learners can have: one for each column, up and down, learners without a value last."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from learners.models import Learner, Program

from .models import RiskScore


@dataclass(frozen=True)
class Column:
    """Something to sort by. `path` leads to it from RiskScore."""

    name: str
    title: object
    path: str
    model: type[Model]
    worst_first: str = ""  # "-" when the first click sorts downwards

    @property
    def field(self) -> models.Field:
        return self.model._meta.get_field(self.path.rpartition("__")[2])  # type: ignore[return-value]

    @property
    def is_nullable(self) -> bool:
        return self.field.null or self.name == "program"


COLUMNS = {
    column.name: column
    for column in (
        Column("learner", _("Learner"), "learner__name", Learner),
        Column("program", _("Program"), "learner__program__name", Program),
        Column("risk", _("Risk"), "priority", RiskScore, "-"),
        Column("change", _("Change"), "change", RiskScore, "-"),
        Column("progress", _("Progress"), "learner__completed_percent", Learner),
        Column("quiz", _("Quiz"), "learner__avg_quiz_score", Learner),
        Column("missed", _("Missed"), "learner__consecutive_missed_sessions", Learner, "-"),
        Column("seen", _("Last seen"), "learner__last_login", Learner),
        Column("nudged", _("Last nudge"), "learner__last_contacted_at", Learner),
    )
}


@dataclass(frozen=True)
class Order:
    column: Column
    is_descending: bool

    def __str__(self) -> str:
        return ("-" if self.is_descending else "") + self.column.name

    @property
    def by(self) -> tuple[models.expressions.OrderBy, ...]:
        """For order_by(): the learner's id breaks ties, in the same direction, so that one index serves both."""
        value, tie = models.F(self.column.path), models.F("learner_id")
        if self.is_descending:
            return (value.desc(nulls_last=self.column.is_nullable or None), tie.desc())
        return (value.asc(nulls_last=self.column.is_nullable or None), tie.asc())


def parse_order(text: str) -> Order:
    """ "-risk" is by risk, downwards. Raises KeyError for a column that is not there."""
    return Order(COLUMNS[text.removeprefix("-")], text.startswith("-"))


DEFAULT_ORDER = "-risk"
ORDERS = [(prefix + name, prefix + name) for name in COLUMNS for prefix in ("", "-")]
