"""A lesson or a learner as a row of these pages, in words. Templates only print."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners import charts
from learners.words import ago, exactly

from .roster import Member
from .tallies import LessonTally
from .unfinished import Unfinished

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


def member_row(member: Member, today: date) -> LearnerRow:
    due, completed = member.lessons_due, member.lessons_completed
    if due is None or completed is None:
        progress, words = None, _("no data")
    elif due == 0:
        progress, words = None, _("nothing due yet")
    else:
        progress, words = 100 * completed // due, _("%(completed)d of %(due)d") % {"completed": completed, "due": due}
    return _learner_row(member, today, progress=progress, progress_words=words)


def unfinished_row(learner: Unfinished, today: date) -> LearnerRow:
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


def learners_in_words(count: int) -> str:
    return ngettext("%(count)s learner", "%(count)s learners", count) % {"count": intcomma(count)}
