"""Everything that /today shows, ready to be printed."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.facts.interruptions import open_interruptions
from learners.models import Cohort, Learner
from nudges.models import Handled, QueueVisit, Task
from riskscoring.overview import Age, age_of, latest_run
from riskscoring.rows import Row, rows_of
from riskscoring.words import NO_MOVE, UNCHANGED_BELOW, Move

from .dips import find_dips
from .queue import POOL, Queue, owns_learners, queue_of
from .ranking import Standing
from .visits import CAPACITIES, visit_of

CLASSES_SHOWN = 5
DONE_SHOWN = 5
QUERY = "today=1"  # goes along with links to learners: next and previous are those of this queue


@dataclass(frozen=True)
class Item:
    """A learner of the queue: the board's row, and what changed since the last visit."""

    row: Row
    move: Move


@dataclass(frozen=True)
class ClassItem:
    """A class that is one item: what happened, and where to look."""

    sentence: str
    url: str


class Today:
    """The queue of one user, at one moment. `everyone` is for those who look after no learner, or want to see all."""

    def __init__(self, *, user: User, visit: QueueVisit, now: datetime, everyone: bool) -> None:
        self.user = user
        self.visit = visit
        self.now = now
        self.has_own = owns_learners(user)
        self.everyone = everyone or not self.has_own

    @property
    def since(self) -> date:
        return self.visit.since.date()

    @property
    def capacities(self) -> tuple[int, ...]:
        return CAPACITIES

    @cached_property
    def run(self) -> Any:
        return latest_run()

    @cached_property
    def age(self) -> Age | None:
        return age_of(self.run, now=self.now)

    @cached_property
    def queue(self) -> Queue:
        return queue_of(
            owner=None if self.everyone else self.user,
            since=self.since,
            now=self.now,
            size=self.visit.capacity,
            in_dips=self._classes.keys(),
        )

    @cached_property
    def items(self) -> list[Item]:
        standings = {one.learner_id: one for one in self.queue.standings}
        rows = rows_of(self.queue.learner_ids, query=QUERY, now=self.now, run=self.run)
        return [
            Item(row, _move_of(standings[learner_id]))
            for learner_id, row in zip(self.queue.learner_ids, rows, strict=True)
        ]

    @property
    def more_in_words(self) -> str:
        """How many wait behind those shown; blank when there is nobody."""
        more = self.queue.waiting - len(self.queue.standings)
        if more <= 0:
            return ""
        if self.queue.waiting >= POOL:
            return _("Many more wait behind these.")
        return ngettext("%(count)d more waits behind these.", "%(count)d more wait behind these.", more) % {
            "count": more
        }

    @cached_property
    def _classes(self) -> dict[int, ClassItem]:
        """By cohort: those that fell silent, and those in which many got worse at once."""
        found: dict[int, ClassItem] = {}
        for silent in open_interruptions(as_of=self.now.date()):
            found[silent.cohort_id] = ClassItem(
                _("%(cohort)s: the whole class has been quiet since %(day)s.")
                % {"cohort": silent.cohort.name, "day": date_format(silent.first_day, "j M")},
                reverse("activity:cohort", args=[silent.cohort_id]),
            )
        until = self.run.as_of if self.run else self.now.date()
        dips = [dip for dip in find_dips(since=self.since, until=until) if dip.cohort_id not in found]
        names = dict(Cohort.objects.filter(pk__in=[dip.cohort_id for dip in dips]).values_list("pk", "name"))
        for dip in dips:
            found[dip.cohort_id] = ClassItem(
                _("%(cohort)s: %(more)d of %(learners)d learners became high risk since you last looked.")
                % {"cohort": names[dip.cohort_id], "more": dip.more, "learners": dip.learners},
                reverse("activity:cohort", args=[dip.cohort_id]),
            )
        return found

    @property
    def classes(self) -> list[ClassItem]:
        return list(self._classes.values())[:CLASSES_SHOWN]

    @cached_property
    def done(self) -> list[Handled]:
        """Whom this user took out of the queue today, the latest first: each can be put back."""
        mine = Handled.objects.filter(by=self.user, at__date=self.now.date(), until__gt=self.now.date())
        return list(mine.select_related("learner").order_by("-at")[:DONE_SHOWN])

    @cached_property
    def tasks_due(self) -> int:
        """How many of the user's tasks are due today, or were."""
        return Task.objects.filter(owner=self.user, closed_at=None, due_on__lte=self.now.date()).count()

    @cached_property
    def help_asked(self) -> int:
        """How many learners asked this user for help, and wait."""
        return Task.objects.filter(owner=self.user, closed_at=None, cause="help").count()


def neighbours_today(learner_id: int, *, user: User, now: datetime) -> tuple[str, str]:
    """The uids before and after a learner in the user's queue; who has left it is followed by its first."""
    visit = visit_of(user, now=now)
    ids = Today(user=user, visit=visit, now=now, everyone=False).queue.learner_ids
    at = ids.index(learner_id) if learner_id in ids else -1
    before = ids[at - 1] if at > 0 else None
    after = ids[at + 1] if at + 1 < len(ids) else None
    uids = dict(Learner.objects.filter(pk__in=[before, after]).values_list("pk", "uid"))
    return uids.get(before or 0, ""), uids.get(after or 0, "")


def _move_of(one: Standing) -> Move:
    """What changed since the last visit, as the board writes changes; nothing where nobody could see it."""
    if one.is_new:
        return Move("same", _("new"), _("new since then"))
    if abs(one.worsened) < UNCHANGED_BELOW:
        return NO_MOVE
    size = f"{abs(one.worsened) / 10_000:.2f}"
    if one.worsened > 0:
        return Move("worse", f"▲ {size}", _("%(size)s more than then") % {"size": size})
    return Move("better", f"▼ {size}", _("%(size)s less than then") % {"size": size})
