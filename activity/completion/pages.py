"""What the pages of cohorts and lessons show, in words. Templates only print."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners import charts
from learners.models import Cohort, Program
from learners.whole_numbers import whole_number
from learners.words import ago, exactly, whole

from ..models import Lesson
from .by_name import UnknownLearner
from .roster import Member, Roster, roster_of
from .summaries import SummaryPage, cohort_summaries
from .tallies import LessonTally, Tallies, tallies_of, tally_of
from .unfinished import Unfinished, UnfinishedPage, unfinished

WIDTH, HEIGHT = 640, 120
MOST_BARS = 80


@dataclass(frozen=True)
class LessonRow:
    """A lesson with its number in the chart, and how many have completed it."""

    number: int
    title: str
    url: str
    due: str
    is_due: bool
    found: bool  # in statements, not defined by staff
    completed: str
    share: int


@dataclass(frozen=True)
class LearnerRow:
    uid: str
    name: str
    progress: int | None  # in percent, for the bar
    progress_words: str
    cohort: str
    begun: str
    seen: str
    seen_exact: str


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
        self.program = _chosen(self.programs, given.get("program", ""))
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
        return _query(program=self.program.pk if self.program else "", after=self._page.after or "")

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
        return _learners_in_words(self.total)

    @cached_property
    def lessons(self) -> list[LessonRow]:
        return lesson_rows(self._tallies.lessons, query=_query(cohort=self.cohort.pk), today=self.now.date())

    @cached_property
    def bars(self) -> tuple[charts.Bar, ...]:
        return bars_of(self.lessons)

    @cached_property
    def _roster(self) -> Roster:
        return _first_page_if_gone(lambda after: roster_of(self.cohort, after=after), self._after)

    @cached_property
    def learners(self) -> list[LearnerRow]:
        return [_member_row(member, self.now.date()) for member in self._roster.members]

    @property
    def is_first(self) -> bool:
        return not self._after

    @property
    def next_query(self) -> str:
        return _query(after=self._roster.after) if self._roster.after else ""

    @property
    def board_url(self) -> str:
        return f"{reverse('riskscoring:board')}{_query(program=self.cohort.program_id, cohort=self.cohort.pk)}"


class LessonList:
    """The lessons of one program, the first one that has any unless another is chosen."""

    def __init__(self, given: QueryDict, *, now: datetime) -> None:
        self.now = now
        self.programs = list(Program.objects.filter(pk__in=Lesson.objects.values("program")))
        self.program = _chosen(self.programs, given.get("program", "")) or next(iter(self.programs), None)

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
        return _learners_in_words(self._tallies.learners)


class LessonPage:
    """One lesson: who has not completed it, in its program or in one cohort, a page at a time."""

    def __init__(self, lesson: Lesson, given: QueryDict, *, now: datetime) -> None:
        self.lesson = lesson
        self.now = now
        self.cohorts = list(Cohort.objects.filter(program=lesson.program_id).order_by("name"))
        self.cohort = _chosen(self.cohorts, given.get("cohort", ""))
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
        return _learners_in_words(self.tally.incomplete)

    @property
    def due_words(self) -> str:
        if self.lesson.due_on is None:
            return _("no date")
        day = date_format(self.lesson.due_on)
        return (_("was due on %(day)s") if self.tally.is_due(self.now.date()) else _("due on %(day)s")) % {"day": day}

    @cached_property
    def _page(self) -> UnfinishedPage:
        return _first_page_if_gone(lambda after: unfinished(self.lesson, cohort=self.cohort, after=after), self._after)

    @cached_property
    def learners(self) -> list[LearnerRow]:
        return [_unfinished_row(learner, self.now.date()) for learner in self._page.learners]

    @property
    def is_first(self) -> bool:
        return not self._after

    @property
    def first_query(self) -> str:
        return _query(cohort=self.cohort.pk if self.cohort else "")

    @property
    def next_query(self) -> str:
        if not self._page.after:
            return ""
        return _query(cohort=self.cohort.pk if self.cohort else "", after=self._page.after)


def lesson_rows(tallies: tuple[LessonTally, ...], *, query: str, today: date) -> list[LessonRow]:
    return [
        LessonRow(
            number=number,
            title=tally.title,
            url=reverse("activity:lesson", args=[tally.lesson_id]) + query,
            due=date_format(tally.due_on) if tally.due_on else "",
            is_due=tally.is_due(today),
            found=tally.discovered,
            completed=_("%(completed)s of %(total)s")
            % {"completed": intcomma(tally.completed), "total": intcomma(tally.completed + tally.incomplete)},
            share=tally.share,
        )
        for number, tally in enumerate(tallies, start=1)
    ]


def bars_of(lessons: list[LessonRow]) -> tuple[charts.Bar, ...]:
    """A bar a lesson, as high as the share that has completed it; none when there are too few or too many to see."""
    if not 2 <= len(lessons) <= MOST_BARS:
        return ()
    shares = [(lesson.title, lesson.share, "due" if lesson.is_due else "ahead") for lesson in lessons]
    return charts.histogram(shares, width=WIDTH, height=HEIGHT, most=100)


def _member_row(member: Member, today: date) -> LearnerRow:
    due, completed = member.lessons_due, member.lessons_completed
    if due is None or completed is None:
        progress, words = None, _("no data")
    elif due == 0:
        progress, words = None, _("nothing due yet")
    else:
        progress, words = 100 * completed // due, _("%(completed)d of %(due)d") % {"completed": completed, "due": due}
    return _learner_row(member, today, progress=progress, progress_words=words)


def _unfinished_row(learner: Unfinished, today: date) -> LearnerRow:
    begun = _("begun %(when)s") % {"when": ago(learner.begun_at, today)} if learner.begun_at else _("not begun")
    return _learner_row(learner, today, cohort=learner.cohort or "", begun=begun)


def _learner_row(learner: Member | Unfinished, today: date, **more: Any) -> LearnerRow:
    seen = learner.last_activity_at
    shown = {"progress": None, "progress_words": "", "cohort": "", "begun": ""} | more
    return LearnerRow(
        uid=learner.uid,
        name=learner.name,
        seen=ago(seen, today) if seen else _("never"),
        seen_exact=exactly(seen),
        **shown,
    )


def _learners_in_words(count: int) -> str:
    return ngettext("%(count)s learner", "%(count)s learners", count) % {"count": intcomma(count)}


def _chosen(choices: list[Any], text: str) -> Any:
    """The one that a query string names by its id; None when it names none of them."""
    number = whole_number(text)
    return next((one for one in choices if one.pk == number), None)


def _first_page_if_gone(page: Any, after: str) -> Any:
    """The page behind a learner; the first one when that learner is not there any more."""
    try:
        return page(after.replace("\0", ""))
    except UnknownLearner:
        return page("")


def _query(**parameters: Any) -> str:
    given = {name: value for name, value in parameters.items() if value != ""}
    return f"?{urlencode(given)}" if given else ""
