"""What the pages of cohorts show."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from learners import charts
from learners.models import Cohort, Program
from learners.whole_numbers import whole_number
from learners.words import whole

from .addresses import chosen, first_page_if_gone, query_of
from .roster import Roster, roster_of
from .rows import LearnerRow, LessonRow, bars_of, learners_in_words, lesson_rows, member_row
from .summaries import SummaryPage, cohort_summaries
from .tallies import Tallies, tallies_of


@dataclass(frozen=True)
class CohortRow:
    name: str
    program: str
    url: str
    learners: str
    seen_lately: str
    progress: str
    progress_words: str


class CohortList:
    """All cohorts, or those of the program that a query string means."""

    def __init__(self, given: QueryDict, *, now: datetime) -> None:
        self.now = now
        self.programs = list(Program.objects.all())
        self.program = chosen(self.programs, given.get("program", ""))
        self._after = whole_number(given.get("after", ""))

    @cached_property
    def _page(self) -> SummaryPage:
        return cohort_summaries(program=self.program, after=self._after, now=self.now)

    @cached_property
    def rows(self) -> list[CohortRow]:
        return [
            CohortRow(
                name=one.cohort.name,
                program=one.cohort.program.name,
                url=reverse("activity:cohort", args=[one.cohort.pk]),
                learners=intcomma(one.learners),
                seen_lately=intcomma(one.seen_lately),
                progress=whole(one.completed_percent),
                progress_words=f"{whole(one.completed_percent)}%"
                if one.completed_percent is not None
                else _("no data"),
            )
            for one in self._page.summaries
        ]

    @property
    def next_query(self) -> str:
        return query_of(program=self.program.pk if self.program else "", after=self._page.after or "")

    @property
    def has_next(self) -> bool:
        return self._page.after is not None


class CohortPage:
    """One cohort: its lessons with how many completed them, and its learners, a page at a time."""

    def __init__(self, cohort: Cohort, given: QueryDict, *, now: datetime) -> None:
        self.cohort = cohort
        self.now = now
        self._after = given.get("after", "")

    @cached_property
    def _tallies(self) -> Tallies:
        return tallies_of(program=self.cohort.program, cohort=self.cohort)

    @property
    def total(self) -> int:
        return self._tallies.learners

    @property
    def total_words(self) -> str:
        return learners_in_words(self.total)

    @cached_property
    def lessons(self) -> list[LessonRow]:
        return lesson_rows(self._tallies.lessons, query=query_of(cohort=self.cohort.pk), today=self.now.date())

    @cached_property
    def bars(self) -> tuple[charts.Bar, ...]:
        return bars_of(self.lessons)

    @cached_property
    def _roster(self) -> Roster:
        return first_page_if_gone(lambda after: roster_of(self.cohort, after=after), self._after)

    @cached_property
    def learners(self) -> list[LearnerRow]:
        return [member_row(member, self.now.date()) for member in self._roster.members]

    @property
    def is_first(self) -> bool:
        return not self._after

    @property
    def next_query(self) -> str:
        return query_of(after=self._roster.after) if self._roster.after else ""

    @property
    def board_url(self) -> str:
        return f"{reverse('riskscoring:board')}{query_of(program=self.cohort.program_id, cohort=self.cohort.pk)}"
