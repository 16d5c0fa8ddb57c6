"""Who would get which reminder, were it `now`; and who would not, and why.

The days are planned as send_reminders plans them, and taken back: so it can't promise something else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from learners.sql import rows
from learners.zones import zone_of

from ..facts import facts_for, render
from ..goals import aims_of
from ..models import Campaign, Nudge, NudgeBatch
from ..reasons import sentence_of
from ..states import State
from .audience import days_of, has_something, zones_on
from .rules import Window, is_open
from .services import HELD, plan_day, reminder_campaign

SHOWN = 100
AT_MOST_AWAY = timedelta(days=366)  # another time than now: beyond it nothing is known of what is due

NOT_YET, OVER = "window_not_open", "window_over"
SENTENCES: dict[str, str | Promise] = {
    NOT_YET: _("It is too early where they are: later today."),
    OVER: _("It is too late where they are."),
}


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """What one learner would read, where, and when by their own clock."""

    learner: Learner
    goal: str
    task: str
    channel: str
    language: str
    leaves_at: datetime  # in the learner's time zone
    subject: str
    content: str


@dataclass(frozen=True)
class Side:
    """Learners who would get none for one reason, some of them by name."""

    code: str
    sentence: str | Promise
    count: int
    learners: list[Learner]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.learners)


@dataclass
class Rehearsal:
    """Learners who have nothing to do today are on no side. `waiting` have something, and are not asked about now."""

    now: datetime
    window: Window
    is_on: bool
    planned: int = 0  # of these days, before
    going: int = 0
    reminders: list[Reminder] = field(default_factory=list)  # the first to leave first
    staying: list[Side] = field(default_factory=list)
    waiting: list[Side] = field(default_factory=list)
    held: list[date] = field(default_factory=list)  # days whose reminders somebody paused or cancelled

    @property
    def not_going(self) -> int:
        return sum(side.count for side in self.staying)


def rehearse(now: datetime, *, shown: int | None = SHOWN) -> Rehearsal:
    """Both sides, with up to `shown` learners of each (None: all). Nothing stays written. Raises WriterFailed."""
    with transaction.atomic():
        campaign = reminder_campaign()
        window = Window(campaign.window_from, campaign.window_until)
        rehearsal = Rehearsal(now=now, window=window, is_on=campaign.is_on)
        before = Nudge.objects.aggregate(last=Max("pk"))["last"] or 0
        days = days_of(now)
        for day in days:
            if HELD in plan_day(campaign, day=day, now=now):
                rehearsal.held.append(day)
        of_these_days = Nudge.objects.filter(batch__in=NudgeBatch.objects.filter(campaign=campaign, day__in=days))
        rehearsal.planned = of_these_days.filter(pk__lte=before).count()
        new = of_these_days.filter(pk__gt=before)
        rehearsal.going = new.filter(state=State.QUEUED).count()
        rehearsal.reminders = list(_reminders(new.filter(state=State.QUEUED), now=now, shown=shown))
        rehearsal.staying = _staying(new.filter(state=State.SUPPRESSED), shown=shown)
        rehearsal.waiting = _waiting(campaign, days, now=now, window=window, shown=shown)
        transaction.set_rollback(True)
    return rehearsal


def _reminders(queued: QuerySet[Nudge], *, now: datetime, shown: int | None) -> Iterator[Reminder]:
    nudges = list(
        queued.select_related("learner__program", "learner__owner", "wording").order_by("due_at", "learner_id")[:shown]
    )
    aims = aims_of({nudge.goal for nudge in nudges})
    for nudge in nudges:
        leaves_at = max(nudge.due_at or now, now)
        facts = facts_for(
            nudge.learner, leaves_at, language=nudge.language, recent_templates=(), goal=nudge.goal, aims=aims
        )
        words = nudge.wording or nudge
        yield Reminder(
            learner=nudge.learner,
            goal=nudge.goal,
            task=facts.task or nudge.goal,
            channel=nudge.channel,
            language=nudge.language,
            leaves_at=leaves_at.astimezone(zone_of(nudge.learner.timezone)),
            subject=render(words.subject, facts),
            content=render(words.body, facts),
        )


def _staying(suppressed: QuerySet[Nudge], *, shown: int | None) -> list[Side]:
    """By reason, the most frequent first."""
    counts = suppressed.order_by().values_list("reason").annotate(learners=Count("pk"))
    return [
        Side(
            reason,
            sentence_of(reason),
            count,
            [
                nudge.learner
                for nudge in suppressed.filter(reason=reason)
                .select_related("learner")
                .order_by("learner__name", "pk")[:shown]
            ],
        )
        for reason, count in sorted(counts, key=lambda pair: (-pair[1], pair[0]))
    ]


def _waiting(
    campaign: Campaign, days: Iterable[date], *, now: datetime, window: Window, shown: int | None
) -> list[Side]:
    """Those where it is too early or too late, who have something to do that day."""
    found: dict[str, list[int]] = {NOT_YET: [], OVER: []}
    for day in days:
        for zone in zones_on(day, now):
            if not is_open(zone, window, now):
                code = NOT_YET if now.astimezone(zone_of(zone)).hour < window.opens else OVER
                statement = has_something(now, day=day, zones=[zone], but_not_again=True)
                found[code] += [learner_id for learner_id, _goal in rows(statement.text, statement.params)]
    sides = []
    for code, learner_ids in found.items():
        if learner_ids:
            named = Learner.objects.filter(pk__in=sorted(learner_ids)[:shown]).order_by("name", "pk")
            sides.append(Side(code, SENTENCES[code], len(learner_ids), list(named)))
    return sides
