"""Campaigns: made, written, approved, switched on and off, and run when they are due."""

import logging
import secrets
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.zones import site_day

from .. import batches
from ..audience import Audience, AudienceInvalid
from ..batches.lifecycle import SWITCHED_OFF
from ..gate.chance import PRIME
from ..goals import Kind, goal_of, parse
from ..models import Campaign, NudgeBatch, Origin
from ..services import TextRefused
from ..wordings import Text, digest_of, problems_of, write_texts
from .approval import Said, is_approved, texts_of_campaign
from .recurrence import next_run

log = logging.getLogger(__name__)

# What people choose; the rest follows from it.
CHOSEN = (
    "name", "segment", "type", "goal", "channels", "language", "source", "has_two_messages", "holdout_percent",
    "window_from", "window_until", "usual_hour", "learns_hours", "rollout_percent", "rollout_hours",
    "max_opt_out_percent", "max_complaint_percent", "max_failure_percent", "recurrence", "starts_at",
)  # fmt: skip
WRITTEN_FOR = ("type", "goal", "channels", "language", "source", "has_two_messages")  # others need no other texts
COPIED = (
    "type", "goal", "channels", "holdout_percent", "salt", "window_from", "window_until", "usual_hour", "learns_hours",
    "rollout_percent",
)  # fmt: skip
Status = NudgeBatch.Status
NO_UNDO = timedelta(0)  # nobody pressed anything


class CampaignNotReady(Exception):  # noqa: N818 (reads as what happened)
    """It can't be switched on, run or approved as it is. The message is a sentence for whoever asked."""


def create_campaign(*, values: Mapping[str, Any], by: User | None) -> Campaign:
    """A campaign that is off, and has no texts yet. `values` are of CHOSEN; a blank goal is a goal of its own."""
    campaign = Campaign(
        **{name: values[name] for name in CHOSEN if name in values},
        salt=secrets.randbelow(PRIME),
        owner=by,
    )
    campaign.next_run_at = campaign.starts_at
    with transaction.atomic():
        campaign.save()
        if not campaign.goal:
            campaign.goal = goal_of(Kind.CAMPAIGN, campaign.pk)
            campaign.save(update_fields=["goal"])
    return campaign


def update_campaign(*, campaign: Campaign, values: Mapping[str, Any], now: datetime) -> Campaign:
    """Change what people choose. When the texts were written for something else, they go, and it is switched off.

    The holdout's members stay the same. Runs that have begun keep the settings that they began with.
    """
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        timing = stored.recurrence, stored.starts_at
        before = [getattr(stored, name) for name in WRITTEN_FOR]
        for name in CHOSEN:
            if name in values:
                setattr(stored, name, values[name])
        stored.goal = stored.goal or goal_of(Kind.CAMPAIGN, stored.pk)
        needs_texts = before != [getattr(stored, name) for name in WRITTEN_FOR]
        if timing != (stored.recurrence, stored.starts_at):
            stored.next_run_at = _upcoming(stored, now=now)
        if needs_texts:
            stored.texts = []
            stored.is_on = False
        stored.save()
        if needs_texts:
            _hold(stored)
    return stored


def write_campaign(*, campaign: Campaign, anew: bool = False) -> Campaign:
    """Have its texts written for the learners that its segment holds now. What is on stays on only if nothing is new.

    Raises WriterFailed, and AudienceInvalid, and then the texts stay as they were. Calls out to the network: never call
    it inside a transaction.
    """
    texts = write_texts(
        audience_of(campaign).learners(campaign.owner),
        channels=campaign.channels,
        type=campaign.type,
        language=campaign.language,
        source=campaign.source,
        two_messages=campaign.has_two_messages,
        has_task=has_task(campaign),
        anew=anew,
    )
    return change_texts(campaign=campaign, texts=texts)


def change_texts(*, campaign: Campaign, texts: Sequence[Text]) -> Campaign:
    """Say this from the next run on. A campaign that is on and says something new waits until it is approved."""
    campaign.texts = [text.as_json() for text in texts]
    campaign.save(update_fields=["texts"])
    return campaign


def change_words(*, campaign: Campaign, words: Mapping[int, tuple[str, str]]) -> Campaign:
    """Subject and body after a person's hand, by its place in the list. Raises TextRefused, and keeps the old."""
    texts = [
        text.with_words(subject=words[number][0], body=words[number][1]) if number in words else text
        for number, text in enumerate(texts_of_campaign(campaign))
    ]
    if problems := [problem for text in texts for problem in problems_of(text)]:
        raise TextRefused(problems)
    return change_texts(campaign=campaign, texts=texts)


def approve(*, campaign: Campaign, digest: str, by: User, now: datetime) -> Campaign:
    """`digest` is of the texts that were read: when they have changed meanwhile, CampaignNotReady says so."""
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        texts = texts_of_campaign(stored)
        if not texts:
            raise CampaignNotReady(_("There is nothing to approve: it has no texts yet."))
        if digest_of(texts) != digest:
            raise CampaignNotReady(_("The texts have changed since you opened this page. Please read them again."))
        stored.approved_digest, stored.approved_by, stored.approved_at = digest, by, now
        stored.save(update_fields=["approved_digest", "approved_by", "approved_at"])
    return stored


def switch_on(*, campaign: Campaign, now: datetime) -> Campaign:
    """From now on it runs by itself, and what was held when it was switched off goes on. Raises CampaignNotReady."""
    _check_ready(campaign)
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        stored.is_on = True
        if not _has_had_its_run(stored):
            stored.next_run_at = _upcoming(stored, now=now)
        stored.save(update_fields=["is_on", "next_run_at"])
        _let_go_on(stored)
    return stored


def switch_off(*, campaign: Campaign) -> Campaign:
    """Nothing of it leaves any more, also of what is planned; it can be switched on again."""
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        stored.is_on = False
        stored.save(update_fields=["is_on"])
        _hold(stored)
    return stored


def run_now(*, campaign: Campaign, by: User | None, now: datetime) -> NudgeBatch:
    """Today's run, with the undo window of every message to many. Raises CampaignNotReady."""
    _check_ready(campaign)
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if not stored.is_on:
            raise CampaignNotReady(_("It is switched off. Switch it on first."))
        day = site_day(now)
        for taken_back in stored.batches.filter(day=day, status=Status.DRAFT):
            batches.discard(taken_back)
        if stored.batches.filter(day=day).exists():
            raise CampaignNotReady(_("It ran today already. The next run can be tomorrow."))
        if stored.recurrence == Campaign.Recurrence.ONCE:
            stored.next_run_at = None  # this is its run: taken back, it is begun again by hand
            stored.save(update_fields=["next_run_at"])
        return batches.schedule(draft_run(stored, day=day), by=by)


def delete_campaign(campaign: Campaign) -> None:
    """One that never ran. What ran stays, because what learners got stays. Raises CampaignNotReady."""
    with transaction.atomic():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        for draft in stored.batches.filter(status=Status.DRAFT):
            batches.discard(draft)
        if stored.batches.exists():
            raise CampaignNotReady(_("It has run: what learners got is kept. Switch it off instead."))
        stored.delete()


def run_due(now: datetime) -> int:
    """Begin the run of every campaign that is on, approved and due; how many began. Asked twice, it begins once.

    After downtime there is one run and not one for each day that was missed.
    """
    due = Campaign.objects.filter(is_on=True, is_reminder=False, next_run_at__lte=now).order_by("next_run_at", "pk")
    return sum(_try_to_run(pk, now=now) for pk in list(due.values_list("pk", flat=True)))


def _try_to_run(pk: int, *, now: datetime) -> bool:
    """A bug in one must not hold up the others: it stays due."""
    try:
        return _run(pk, now=now)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the others would not fare better
    except Exception:
        log.exception("Campaign %s could not run", pk)
        return False


def _run(pk: int, *, now: datetime) -> bool:
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=pk)
        if not campaign.is_on or campaign.next_run_at is None or campaign.next_run_at > now:
            return False  # another scheduler was here first
        if why := why_not_ready(campaign):
            log.warning("Campaign %s is due and waits: %s", campaign.uuid, why)
            return False
        campaign.next_run_at = _next_run(campaign, after=now)
        campaign.save(update_fields=["next_run_at"])
        day = site_day(now)
        if campaign.batches.filter(day=day).exists():
            return False  # somebody ran it by hand today, or took today's run back
        batches.schedule(draft_run(campaign, day=day), by=None, undo=NO_UNDO)
    return True


def why_not_ready(campaign: Campaign, *, known: Set[Said] | None = None) -> str:
    """A sentence for what keeps it from running; empty when nothing does. Whether it is on is asked elsewhere.

    `known` is as in approval.unapproved_among.
    """
    if campaign.segment is None:
        return _("Nobody is chosen: it has no segment.")
    try:
        audience_of(campaign).learners(campaign.owner)
    except AudienceInvalid:
        return _("Its segment can’t be read any more: a program, a cohort or a lesson of it was deleted.")
    if not campaign.texts:
        return _("It has no texts yet.")
    if any(problems_of(text) for text in texts_of_campaign(campaign)):
        return _("One of its texts can’t be sent as it is.")
    if not is_approved(campaign, known=known):
        return _("Its texts have not been approved yet.")
    return ""


def audience_of(campaign: Campaign) -> Audience:
    """Whom its segment means at the moment of asking; nobody without one."""
    return Audience(query=campaign.segment.query) if campaign.segment else Audience()


def has_task(campaign: Campaign) -> bool:
    """Whether its goal is one lesson or session, which a text can name."""
    parsed = parse(campaign.goal)
    return parsed is not None and parsed[0] in (Kind.LESSON, Kind.SESSION)


def draft_run(campaign: Campaign, *, day: date | None) -> NudgeBatch:
    """A batch that is not scheduled yet, with all that the campaign says of what, to whom and how.

    Raises CampaignNotReady without texts.
    """
    if not campaign.texts:
        raise CampaignNotReady(_("It has no texts yet."))
    return batches.create(
        **{name: getattr(campaign, name) for name in COPIED},
        campaign=campaign,
        day=day,
        origin=Origin.CAMPAIGN,
        audience=audience_of(campaign),
        own_language=not campaign.language,
        texts=texts_of_campaign(campaign),
        by=campaign.owner,
    )


def _check_ready(campaign: Campaign) -> None:
    if why := why_not_ready(campaign):
        raise CampaignNotReady(why)


def _hold(campaign: Campaign) -> None:
    """Pause what runs, and take back what has not begun. They are marked, so that nothing else goes on with them."""
    for batch in campaign.batches.filter(status__in=[Status.SCHEDULED, Status.RUNNING]):
        hold = batches.undo if batch.status == Status.SCHEDULED else batches.pause
        with suppress(batches.TooLate):  # it started, or ended, in between: then the next status is held
            hold(batch)
        if batch.status == Status.RUNNING:
            with suppress(batches.TooLate):
                batches.pause(batch)
        NudgeBatch.objects.filter(pk=batch.pk, status__in=[Status.DRAFT, Status.PAUSED]).update(
            halted_because=SWITCHED_OFF
        )


def _let_go_on(campaign: Campaign) -> None:
    held = campaign.batches.filter(status__in=[Status.DRAFT, Status.PAUSED], halted_because=SWITCHED_OFF)
    for batch in held:
        NudgeBatch.objects.filter(pk=batch.pk).update(halted_because="")
        batch.halted_because = ""  # it was no limit that paused it: a rollout waits for its hours as before
        if batch.status == Status.DRAFT:
            batches.schedule(batch, by=None)
        else:
            batches.resume(batch)


def _has_had_its_run(campaign: Campaign) -> bool:
    """A one-off with a run runs again only when somebody gives it another time."""
    return campaign.recurrence == Campaign.Recurrence.ONCE and campaign.batches.exists()


def _upcoming(campaign: Campaign, *, now: datetime) -> datetime | None:
    """The next run of one that was changed or switched on: days that it missed before are left out, but a one-off whose
    time passed before it ever ran is due."""
    if campaign.recurrence == Campaign.Recurrence.ONCE and not campaign.batches.exists():
        return campaign.starts_at or now
    return _next_run(campaign, after=now)


def _next_run(campaign: Campaign, *, after: datetime) -> datetime | None:
    """None without a start; a one-off that has run has none either."""
    if campaign.starts_at is None:
        return None
    zone = timezone.get_default_timezone()
    return next_run(campaign.recurrence, starts_at=campaign.starts_at, after=after, zone=zone)
