"""What the pages of campaigns show."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.channels import Channel

from ..batches import lifecycle
from ..batches.naming import situation_words, why_halted
from ..batches.progress import Progress, planned_going, progress_of
from ..gate import Code
from ..models import Campaign, NudgeBatch
from ..wordings import Text, digest_of
from .approval import known_among, texts_of_campaign, unapproved_among
from .arms import Arm, arms_of
from .campaign_words import sentence_of
from .services import why_not_ready

RUNS_SHOWN = 5


@dataclass(frozen=True)
class CampaignRow:
    """A line of the list. `last` is the latest run, `result` what came of it as counts."""

    campaign: Campaign
    last: NudgeBatch | None
    result: str
    why_not_ready: str


def rows_of(campaigns: list[Campaign]) -> list[CampaignRow]:
    """Of campaigns from `listed`. In three queries, and what it takes to read the filters of those that are on."""
    latest = NudgeBatch.objects.defer("audience").in_bulk([one.latest_pk for one in campaigns if one.latest_pk])  # type: ignore[attr-defined]
    on = [one for one in campaigns if one.is_on]
    known = known_among(text for one in on for text in texts_of_campaign(one))
    why = {one.pk: why_not_ready(one, known=known) for one in on}
    return [
        CampaignRow(one, batch := latest.get(one.latest_pk), _result(batch), why.get(one.pk, ""))  # type: ignore[attr-defined]
        for one in campaigns
    ]


def listed() -> QuerySet[Campaign]:
    """All but the one of the reminders, with their audience and the number of their latest run."""
    runs = NudgeBatch.objects.filter(campaign=OuterRef("pk")).exclude(status=NudgeBatch.Status.DRAFT)
    latest = runs.order_by("-created_at", "-pk").values("pk")[:1]
    return (
        Campaign.objects.filter(is_reminder=False)
        .select_related("segment", "owner")
        .annotate(latest_pk=Subquery(latest))
    )


def _result(batch: NudgeBatch | None) -> str:
    """As planned: what has arrived since stands on the campaign's page."""
    if batch is None:
        return _("has not run yet")
    if batch.started_at is None:
        return str(batch.get_status_display())
    going, held_out = planned_going(batch), batch.counts.get(Code.HOLDOUT, 0)
    words = ngettext("%(count)s learner gets it", "%(count)s learners get it", going) % {"count": intcomma(going)}
    if not held_out:
        return words
    return _("%(words)s, %(held_out)s held out") % {"words": words, "held_out": intcomma(held_out)}


@dataclass(frozen=True)
class ShownText:
    """A text with its place in words; `is_new` waits for approval."""

    text: Text
    where: str
    is_new: bool


@dataclass(frozen=True)
class Run:
    """One batch on the campaign's page."""

    batch: NudgeBatch
    progress: Progress | None
    arms: list[Arm]

    @property
    def actions(self) -> list[tuple[str, str]]:
        """What can be done to it now: the address's word and the button's."""
        words = {
            lifecycle.UNDO: _("Undo"),
            lifecycle.PAUSE: _("Pause"),
            lifecycle.RESUME: _("Go on"),
            lifecycle.CANCEL: _("Cancel the rest"),
        }
        return [
            (action.name, words[action])
            for action in lifecycle.offered(self.batch.status, halted_because=self.batch.halted_because)
        ]

    @property
    def why_halted(self) -> str:
        return why_halted(self.batch.halted_because)

    @property
    def is_moving(self) -> bool:
        return self.batch.status in (NudgeBatch.Status.SCHEDULED, NudgeBatch.Status.RUNNING)


class CampaignPage:
    def __init__(self, campaign: Campaign, *, user: User, now: datetime) -> None:
        self.campaign = campaign
        self.user = user
        self.now = now

    @cached_property
    def sentence(self) -> str:
        return sentence_of(self.campaign, user=self.user)

    @cached_property
    def why_not_ready(self) -> str:
        return why_not_ready(self.campaign)

    @cached_property
    def unapproved(self) -> list[Text]:
        return unapproved_among(self._texts, of=self.campaign)

    @cached_property
    def texts(self) -> list[ShownText]:
        return [ShownText(text, place_in_words(text), text in self.unapproved) for text in self._texts]

    @property
    def digest(self) -> str:
        return digest_of(self._texts)

    @property
    def cost_usd(self) -> float:
        """What the model was paid for the texts as they are."""
        return sum(float(text.cost_usd) for text in self._texts)

    @property
    def by_the_model(self) -> int:
        return sum(text.source == "ai" for text in self._texts)

    @cached_property
    def _texts(self) -> list[Text]:
        return texts_of_campaign(self.campaign)

    @cached_property
    def runs(self) -> list[Run]:
        return runs_of(self.campaign)

    @property
    def is_moving(self) -> bool:
        return any(run.is_moving for run in self.runs)


def runs_of(campaign: Campaign) -> list[Run]:
    """The latest RUNS_SHOWN, the newest first; those that were taken back are none."""
    batches = campaign.batches.exclude(status=NudgeBatch.Status.DRAFT).order_by("-created_at", "-pk")[:RUNS_SHOWN]
    return [
        Run(batch, progress_of(batch), arms_of(batch, started_at=batch.started_at)) if batch.started_at
        else Run(batch, None, [])
        for batch in batches
    ]  # fmt: skip


def place_in_words(text: Text) -> str:
    """For whom this text is, of those who get one."""
    parts = [str(Channel(text.channel).label), str(dict(settings.LANGUAGES)[text.language])]
    if text.arm == "b":
        parts.append(_("message B"))
    if text.situation:
        parts.append(_("for learners of whom: %(facts)s") % {"facts": situation_words(text.situation)})
    elif text.turn:
        parts.append(_("for those who got the ones above lately"))
    return " · ".join(parts)
