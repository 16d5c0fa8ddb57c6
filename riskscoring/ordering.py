"""The orders that a list of learners can have: one for each column, up and down, learners without a value last."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from learners.models import Learner

from .models import RiskScore


@dataclass(frozen=True)
class Column:
    """Something to sort by. `path` leads to it from `root`, the model that has an index of it with the learner's id."""

    name: str
    title: object
    root: type[Model]
    path: str
    worst_first: str = ""  # "-" when the first click sorts downwards

    @property
    def field(self) -> models.Field:
        """The field that has the value."""
        model: Any = self.root
        *relations, name = self.path.split("__")
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        return model._meta.get_field(name)

    @property
    def is_nullable(self) -> bool:
        return self.field.null or "__" in self.path


COLUMNS = {
    column.name: column
    for column in (
        Column("learner", _("Learner"), Learner, "name"),
        Column("program", _("Program"), Learner, "program__name"),
        Column("risk", _("Risk"), RiskScore, "priority", "-"),
        Column("change", _("Change"), RiskScore, "change", "-"),
        Column("progress", _("Progress"), Learner, "completed_percent"),
        Column("quiz", _("Quiz"), Learner, "avg_quiz_score"),
        Column("missed", _("Missed"), Learner, "consecutive_missed_sessions", "-"),
        Column("seen", _("Last seen"), Learner, "last_login"),
        Column("nudged", _("Last nudge"), Learner, "last_contacted_at"),
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
        """For order_by() of risk scores. The learner's id breaks ties, in the same direction: one index serves both."""
        to_root = "learner__" if self.column.root is Learner else ""
        value, tie = models.F(to_root + self.column.path), models.F("learner_id")
        if self.is_descending:
            return (value.desc(nulls_last=self.column.is_nullable or None), tie.desc())
        return (value.asc(nulls_last=self.column.is_nullable or None), tie.asc())


def parse_order(text: str) -> Order:
    """ "-risk" is by risk, downwards. Raises KeyError for a column that is not there."""
    return Order(COLUMNS[text.removeprefix("-")], text.startswith("-"))


DEFAULT_ORDER = "-risk"
ORDERS = [(prefix + name, prefix + name) for name in COLUMNS for prefix in ("", "-")]
