"""What the pages of lessons show."""

from datetime import datetime
from functools import cached_property

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners import charts
from learners.models import Cohort, Program

from ..models import Lesson
from .addresses import chosen, first_page_if_gone, query_of
from .rows import LearnerRow, LessonRow, bars_of, learners_in_words, lesson_rows, unfinished_row
from .tallies import LessonTally, Tallies, tallies_of, tally_of
from .unfinished import UnfinishedPage, unfinished


class LessonList:
    """The lessons of one program: the one with the most of them, unless another is chosen."""

    def __init__(self, given: QueryDict, *, now: datetime) -> None:
        self.now = now
        self.programs = list(Program.objects.filter(pk__in=Lesson.objects.values("program")))
        self.program = chosen(self.programs, given.get("program", "")) or self._fullest()

    def _fullest(self) -> Program | None:
        """A program of which tools merely mentioned something should not hide one that is planned lesson by lesson."""
        return Program.objects.annotate(size=Count("lessons")).filter(size__gt=0).order_by("-size", "name").first()

    @cached_property
    def _tallies(self) -> Tallies:
        return tallies_of(program=self.program) if self.program else Tallies(0, ())

    @cached_property
    def lessons(self) -> list[LessonRow]:
        return lesson_rows(self._tallies.lessons, query="", today=self.now.date())

    @cached_property
    def bars(self) -> tuple[charts.Bar, ...]:
        return bars_of(self.lessons)

    @property
    def total_words(self) -> str:
        return learners_in_words(self._tallies.learners)


class LessonPage:
    """One lesson: who has not completed it, in its program or in one cohort, a page at a time."""

    def __init__(self, lesson: Lesson, given: QueryDict, *, now: datetime) -> None:
        self.lesson = lesson
        self.now = now
        self.cohorts = list(Cohort.objects.filter(program=lesson.program_id).order_by("name"))
        self.cohort = chosen(self.cohorts, given.get("cohort", ""))
        self._after = given.get("after", "")

    @cached_property
    def tally(self) -> LessonTally:
        return tally_of(self.lesson, cohort=self.cohort)

    @property
    def total(self) -> int:
        return self.tally.completed + self.tally.incomplete

    @property
    def completed_words(self) -> str:
        return _("%(completed)s of %(total)s have completed it") % {
            "completed": intcomma(self.tally.completed),
            "total": intcomma(self.total),
        }

    @property
    def incomplete_words(self) -> str:
        return learners_in_words(self.tally.incomplete)

    @property
    def due_words(self) -> str:
        if self.lesson.due_on is None:
            return _("no date")
        day = date_format(self.lesson.due_on)
        return (_("was due on %(day)s") if self.tally.is_due(self.now.date()) else _("due on %(day)s")) % {"day": day}

    @cached_property
    def _page(self) -> UnfinishedPage:
        return first_page_if_gone(lambda after: unfinished(self.lesson, cohort=self.cohort, after=after), self._after)

    @cached_property
    def learners(self) -> list[LearnerRow]:
        return [unfinished_row(learner, self.now.date()) for learner in self._page.learners]

    @property
    def is_first(self) -> bool:
        return not self._after

    @property
    def first_query(self) -> str:
        return query_of(cohort=self.cohort.pk if self.cohort else "")

    @property
    def next_query(self) -> str:
        if not self._page.after:
            return ""
        return query_of(cohort=self.cohort.pk if self.cohort else "", after=self._page.after)
