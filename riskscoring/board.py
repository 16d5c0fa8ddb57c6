"""The risk board: everything that its page shows, ready to be printed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.facts.interruptions import open_interruptions
from learners.models import Learner

from .filters import SCOPE, BoardFilter
from .levels import Level
from .menus import Choice, cohorts_to_choose, owners_to_choose, programs_to_choose
from .ordering import COLUMNS, DEFAULT_ORDER, Order
from .overview import MANY, Age, Overview, age_of, latest_run, levels_of, overview_of
from .paging import PAGE_SIZE, Cursor, CursorError
from .rows import Row, rows_of
from .selection import FEW, Selection, select

A_WEEK = timedelta(days=7)
INTERRUPTIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Chip:
    """A level to filter by, "" being all; `count` is blank when there are too many to count."""

    level: str
    title: str
    count: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Tile:
    level: str
    title: str
    count: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: following `url` sorts by it, or the other way round. `sorted` is for aria-sort."""

    name: str
    title: object
    url: str
    sorted: str


class Board:
    """What the board shows of the learners that a query string means."""

    def __init__(self, given: QueryDict, *, user: User, now: datetime) -> None:
        self.filters = BoardFilter(given, user=user)
        self.order: Order = self.filters.ordering
        self.chosen = self.filters.chosen
        self.now = now
        self.problems = [str(error) for errors in self.filters.errors.values() for error in errors]
        self.cursor = self._read_cursor(given.get("cursor", ""))

    def _read_cursor(self, text: str) -> Cursor | None:
        if not text:
            return None
        try:
            return Cursor.decode(text, self.order)
        except CursorError:
            self.problems.append(_("That page is not there any more. This is the first one."))
            return None

    @cached_property
    def run(self) -> Any:
        return latest_run()

    @cached_property
    def age(self) -> Age | None:
        return age_of(self.run, now=self.now)

    @cached_property
    def overview(self) -> Overview:
        return overview_of(self.filters, run=self.run, now=self.now)

    @cached_property
    def selection(self) -> Selection:
        return select(self.filters, in_scope=self.overview.total)

    @cached_property
    def page(self) -> Any:
        return self.selection.page(self.order, self.cursor, size=PAGE_SIZE)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.page.learner_ids, query=self.query, now=self.now, run=self.run)

    @property
    def printed_rows(self) -> list[dict[str, Any]]:
        """The rows as dicts, which templates look into first: an attribute is found only after an exception."""
        return [vars(row) for row in self.rows]

    @cached_property
    def interruptions(self) -> list[str]:
        """A sentence for each cohort that is silent as a whole: one event, not an alarm for each learner."""
        found = open_interruptions(as_of=self.now.date())
        if program := self.chosen.get("program"):
            found = found.filter(cohort__program=program)
        if cohort := self.chosen.get("cohort"):
            found = found.filter(cohort=cohort)
        return [_interruption_in_words(interruption) for interruption in found[:INTERRUPTIONS_SHOWN]]

    @cached_property
    def by_level(self) -> dict[str, int] | None:
        """How many there are at each level; None when the search finds too many of too many to count."""
        if "q" not in self.chosen:
            return self.overview.by_level
        if not self.selection.are_few and self.overview.total > MANY:
            return None
        return levels_of(self.selection.among.counts_by_tenth())

    @cached_property
    def total(self) -> int | None:
        if self.by_level is None:
            return None
        return sum(self.by_level[level] for level in self.selection.levels or Level.values)

    @property
    def total_in_words(self) -> str:
        if self.total is None:
            return _("More than %(count)s learners") % {"count": intcomma(FEW)}
        return ngettext("%(count)s learner", "%(count)s learners", self.total) % {"count": intcomma(self.total)}

    @cached_property
    def chips(self) -> list[Chip]:
        counts, chosen = self.by_level, self.selection.levels
        chips = [Chip("", _("All"), intcomma(sum(counts.values())) if counts else "", self.url(level=None), not chosen)]
        for level in Level:
            count = intcomma(counts[level]) if counts else ""
            chips.append(Chip(level.value, str(level.label), count, self.url(level=level.value), level.value in chosen))
        return chips

    @cached_property
    def headings(self) -> list[Heading]:
        headings = []
        for column in COLUMNS.values():
            is_sorted = column is self.order.column
            downwards = not self.order.is_descending if is_sorted else bool(column.worst_first)
            direction = ("descending" if self.order.is_descending else "ascending") if is_sorted else ""
            headings.append(
                Heading(column.name, column.title, self.url(order=str(Order(column, downwards))), direction)
            )
        return headings

    @cached_property
    def programs(self) -> list[Choice]:
        return programs_to_choose(self.filters)

    @cached_property
    def cohorts(self) -> list[Choice]:
        return cohorts_to_choose(self.filters)

    @cached_property
    def owners(self) -> list[Choice]:
        return owners_to_choose(self.filters)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen)

    @cached_property
    def has_learners(self) -> bool:
        """Whether there is anybody at all, scored or not; asked only when the list is empty."""
        return Learner.objects.exists()

    @cached_property
    def tiles(self) -> list[Tile]:
        counts = self.overview.by_level
        notes = {
            Level.HIGH: self._change_in_words(self.overview.change(Level.HIGH, before=self.overview.day - A_WEEK)),
            Level.MEDIUM: _("keep an eye on them"),
            Level.UNKNOWN: _("too little is known"),
        }
        return [
            Tile(level.value, str(level.label), intcomma(counts[level]), self.url(level=level.value), note)
            for level, note in notes.items()
        ]

    def _change_in_words(self, change: int | None) -> str:
        if change is None:
            return _("see them first")
        if change == 0:
            return _("as many as last week")
        words = _("%(count)s more than last week") if change > 0 else _("%(count)s fewer than last week")
        return words % {"count": intcomma(abs(change))}

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """What is chosen, as it stands in the address."""
        pairs = [("level", level) for level in self.chosen.get("level", [])]
        pairs += [
            (name, str(getattr(self.chosen[name], "pk", self.chosen[name]))) for name in SCOPE if name in self.chosen
        ]
        if "q" in self.chosen:
            pairs.append(("q", self.chosen["q"]))
        if str(self.order) != DEFAULT_ORDER:
            pairs.append(("order", str(self.order)))
        return pairs

    @cached_property
    def query(self) -> str:
        return urlencode(self.parameters)

    def url(self, **changes: str | None) -> str:
        """The board's address with these parameters set, or left out when None. It leads to the first page."""
        pairs = [(name, value) for name, value in self.parameters if name not in changes]
        pairs += [
            (name, value) for name, value in changes.items() if value and (name, value) != ("order", DEFAULT_ORDER)
        ]
        return self._address + (f"?{urlencode(pairs)}" if pairs else "")

    @cached_property
    def _address(self) -> str:
        return reverse("riskscoring:board")

    @property
    def here(self) -> str:
        return self.url(cursor=self.cursor.encode(self.order)) if self.cursor else self.url()

    @property
    def next_url(self) -> str:
        return self.url(cursor=self.page.next.encode(self.order)) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(cursor=self.page.previous.encode(self.order)) if self.page.previous else ""

    @property
    def export_url(self) -> str:
        return reverse("riskscoring:export") + (f"?{self.query}" if self.query else "")


def _interruption_in_words(interruption: Any) -> str:
    known = {
        "cohort": interruption.cohort.name,
        "day": date_format(interruption.first_day, "j M"),
        "reason": interruption.reason,
    }
    if not interruption.recognised:
        known["last"] = date_format(interruption.last_day, "j M")
        words = (
            _("%(cohort)s: a break from %(day)s to %(last)s (%(reason)s).")
            if interruption.reason
            else _("%(cohort)s: a break from %(day)s to %(last)s.")
        )
        return words % known
    if interruption.reason:
        return _("%(cohort)s: hardly anybody has been active since %(day)s (%(reason)s).") % known
    return _("%(cohort)s: hardly anybody has been active since %(day)s. Probably a holiday or an outage.") % known
