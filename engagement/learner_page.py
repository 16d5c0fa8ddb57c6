"""One learner, whole: why this score, the trend, what they did, what was sent, what they allow, notes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import User
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from activity.deeds import Deeds, deeds_of
from learners.channels import ALLOWED_BY_DEFAULT, Channel, address_on
from learners.models import ContactPreference, Learner, Note
from learners.words import ago, exactly
from nudges.answering.stops import stops_of
from nudges.models import AutomationStop, Nudge, Reply, Task
from nudges.reasons import sentence_of
from nudges.tasks.words import why
from nudges.writers import fallback_sentence
from riskscoring import reasons
from riskscoring.board import Board
from riskscoring.explained import holds_on, risk_of
from riskscoring.history import history_of
from riskscoring.levels import Level
from riskscoring.models import RiskScore
from riskscoring.scoring import Risk
from riskscoring.selection import select
from riskscoring.words import Move, move_of

from .today.page import QUERY as TODAY
from .today.page import neighbours_today

TREND_DAYS = 90
NUDGES_SHOWN = 20
NOTES_SHOWN = 50
REPLIES_SHOWN = 50
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Input:
    """One input of the score: what it is in words, and what it adds, of the most that it could."""

    sentence: str
    contribution: str
    weight: str
    is_known: bool


@dataclass(frozen=True)
class SentNudge:
    nudge: Nudge
    reason: Any
    why_template: Any
    when: str
    when_exact: str
    replies: list[Reply]


@dataclass(frozen=True)
class Consent:
    """What holds for one channel: what the learner said, or what holds until they say something."""

    channel: str
    allowed: bool
    preference: ContactPreference | None
    address: str


class LearnerPage:
    """What the page shows of a learner. `given` is the board's query string: next and previous are within it."""

    def __init__(self, learner: Learner, given: QueryDict, *, user: User, now: datetime) -> None:
        self.learner = learner
        self.user = user
        self.now = now
        self.is_of_today = "today" in given
        self.board = Board(given, user=user, now=now)
        self.score: RiskScore | None = getattr(learner, "risk", None)

    @cached_property
    def risk(self) -> Risk | None:
        return risk_of(self.learner, as_of=holds_on(self.score, self.board.run)) if self.score else None

    @property
    def inputs(self) -> list[Input]:
        if self.risk is None:
            return []
        terms = sorted(self.risk.terms, key=lambda term: -term.contribution)
        shown = in_hundredths([term.contribution for term in terms])
        return [
            Input(
                reasons.sentence(term),
                f"{adds:.2f}",
                str(term.weight.quantize(HUNDREDTH, ROUND_HALF_UP)),
                term.value is not None,
            )
            for term, adds in zip(terms, shown, strict=True)
        ]

    @property
    def level_name(self) -> str:
        return str(Level(self.risk.level).label) if self.risk else ""

    @property
    def score_shown(self) -> str:
        return f"{self.risk.score:.2f}" if self.risk else ""

    @property
    def remedy(self) -> reasons.Reason | None:
        return reasons.remedy(self.risk) if self.risk else None

    @property
    def warnings(self) -> list[str]:
        return reasons.warnings(self.risk) if self.risk else []

    @property
    def move(self) -> Move:
        return move_of(self.score.change if self.score and self.score.priority >= 0 else None)

    @cached_property
    def history(self) -> list[tuple[date, float]]:
        return history_of([self.score], days=TREND_DAYS, run=self.board.run)[self.score.pk] if self.score else []

    @property
    def trend_days(self) -> int:
        return TREND_DAYS

    @property
    def seen(self) -> str:
        as_of = self.risk.as_of if self.risk else self.now.date()
        return ago(self.learner.last_login, as_of) if self.learner.last_login else _("never")

    @property
    def seen_exact(self) -> str:
        return exactly(self.learner.last_login)

    @cached_property
    def deeds(self) -> Deeds:
        return deeds_of(self.learner, now=self.now)

    @cached_property
    def nudges(self) -> list[SentNudge]:
        latest = Nudge.objects.filter(learner=self.learner).with_people().prefetch_related("events", "attempts")
        return [
            SentNudge(
                nudge,
                reason=sentence_of(nudge.reason),
                why_template=fallback_sentence(nudge.fallback_reason) if nudge.fallback_reason else "",
                when=ago(nudge.sent_at or nudge.created_at, self.now.date()),
                when_exact=exactly(nudge.sent_at or nudge.created_at),
                replies=[reply for reply in self._replies if reply.nudge_id == nudge.pk],
            )
            for nudge in latest[:NUDGES_SHOWN]
        ]

    @cached_property
    def _replies(self) -> list[Reply]:
        return list(Reply.objects.filter(learner=self.learner)[:REPLIES_SHOWN])

    @property
    def other_replies(self) -> list[Reply]:
        """Answers to no message that is shown."""
        shown = {one.nudge.pk for one in self.nudges}
        return [reply for reply in self._replies if reply.nudge_id not in shown]

    @cached_property
    def stops(self) -> list[AutomationStop]:
        """Where automation stopped, and has not gone on."""
        return list(stops_of(self.learner, now=self.now))

    @property
    def is_stopped_by_hand(self) -> bool:
        return any(stop.cause == AutomationStop.Cause.BY_HAND for stop in self.stops)

    @cached_property
    def tasks(self) -> list[tuple[Task, str]]:
        """Open ones, each with why it was raised."""
        tasks = Task.objects.filter(learner=self.learner, closed_at=None).select_related("owner")
        return [(task, why(task)) for task in tasks]

    @cached_property
    def consents(self) -> list[Consent]:
        said = {preference.channel: preference for preference in self.learner.preferences.all()}
        return [
            Consent(
                channel=str(channel.label),
                allowed=said[channel].allowed if channel in said else channel in ALLOWED_BY_DEFAULT,
                preference=said.get(channel),
                address=address_on(channel, email=self.learner.email, phone=self.learner.phone),
            )
            for channel in Channel
        ]

    @cached_property
    def notes(self) -> list[Note]:
        return list(self.learner.notes.select_related("author")[:NOTES_SHOWN])

    @cached_property
    def _neighbours(self) -> tuple[str, str]:
        if self.is_of_today:
            uids = neighbours_today(self.learner.pk, user=self.user, now=self.now)
            return self._url(uids[0]) if uids[0] else "", self._url(uids[1]) if uids[1] else ""
        if not self.score:
            return "", ""
        before, after = select(self.board.filters).neighbours(self.score, self.board.order)
        neighbours = Learner.objects.filter(pk__in=[before, after]).values_list("pk", "uid")
        urls: dict[int | None, str] = {pk: self._url(uid) for pk, uid in neighbours}
        return urls.get(before, ""), urls.get(after, "")

    @property
    def previous_url(self) -> str:
        return self._neighbours[0]

    @property
    def next_url(self) -> str:
        return self._neighbours[1]

    @property
    def url(self) -> str:
        return self._url(self.learner.uid)

    @property
    def nudge_url(self) -> str:
        return f"{reverse('nudges:compose')}?learner={quote(self.learner.uid, safe='')}"

    @property
    def query(self) -> str:
        if self.is_of_today:
            return f"?{TODAY}"
        return f"?{self.board.query}" if self.board.query else ""

    def _url(self, uid: str) -> str:
        return reverse("learner", args=[uid]) + self.query


def in_hundredths(parts: list[Decimal]) -> list[Decimal]:
    """Parts of a sum in two places each, so that they still add up to the sum in two places (largest remainders)."""
    down = [part.quantize(HUNDREDTH, ROUND_DOWN) for part in parts]
    missing = int((sum(parts, Decimal(0)).quantize(HUNDREDTH) - sum(down, Decimal(0))) / HUNDREDTH)
    by_loss = sorted(range(len(parts)), key=lambda at: down[at] - parts[at])
    for at in by_loss[:missing]:
        down[at] += HUNDREDTH
    return down
