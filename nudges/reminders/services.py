"""Plan the reminders of the days that it is now, once a learner and day, however often and by how many it is asked.

The nudges of one local day are one batch, and a batch has one nudge of a learner: so nobody gets two reminders on a day
of theirs. A day is planned in one transaction that holds the campaign's row: what dies half-way leaves nothing behind,
and whoever comes at the same time waits, and then finds who has theirs. Delivery takes it from there.
"""

from collections import Counter
from datetime import date, datetime
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from jobs.runs import job_run
from learners.channels import Channel
from learners.sql import execute, rows

from .. import batches, planning
from ..audience import Audience
from ..batches.lifecycle import SWITCHED_OFF
from ..campaigns.services import switch_off
from ..gate.chance import PRIME
from ..models import Campaign, NudgeBatch, NudgeType, Origin, Source
from .audience import days_of, due_today, window_of_reminders
from .rules import LEAD, Window
from .texts import texts_of_reminders

JOB = "send_reminders"
NAME = "Daily reminders"
CHANNELS = (Channel.IN_APP, Channel.EMAIL, Channel.WHATSAPP, Channel.SMS)
HELD = "day_held_back"  # a day whose reminders somebody paused or cancelled
HELD_SENTENCE = _("This day’s reminders are paused or cancelled.")

Status = NudgeBatch.Status


def reminder_campaign() -> Campaign:
    """The campaign that all reminders belong to: made when it is first asked for, and switched off."""
    found = Campaign.objects.filter(is_reminder=True).first()
    if found is not None:
        return found
    name = NAME if not Campaign.objects.filter(name=NAME).exists() else f"{NAME} {uuid4().hex[:6]}"
    window = Window()
    campaign, _is_new = Campaign.objects.get_or_create(
        is_reminder=True,
        defaults={
            "name": name,
            "goal": NudgeType.REMINDER,  # of the campaign: each nudge has its own lesson or session
            "type": NudgeType.REMINDER,
            "channels": list(CHANNELS),
            "source": Source.TEMPLATE,
            "salt": _salt(),
            "window_from": window.opens,
            "window_until": window.closes,
            "rollout_percent": 100,
            "recurrence": Campaign.Recurrence.DAILY,
        },
    )
    return campaign


def _salt() -> int:
    """This site’s own, always the same: who looks before the first run sees the groups that it will have."""
    return int.from_bytes(salted_hmac("nudges.reminders", "holdout", algorithm="sha256").digest()[:8]) % PRIME


def switch_reminders(*, on: bool) -> Campaign:
    """On: the schedule sends them from now on, and what was held goes on. Off: nothing of them leaves any more."""
    campaign = reminder_campaign()
    if not on:
        return switch_off(campaign=campaign)
    with transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(is_on=True)
        for batch in campaign.batches.filter(status=Status.PAUSED, halted_because=SWITCHED_OFF):
            batches.resume(batch)
    campaign.refresh_from_db()
    return campaign


def send_reminders(now: datetime | None = None) -> Counter[str]:
    """Plan what is due now, everywhere on earth, and leave a JobRun; how many learners by code, as plan_batch counts.

    Nothing while the reminders are switched off: then the one code is SWITCHED_OFF. Raises WriterFailed where there are
    no templates at all; the days that were planned before stay planned.
    """
    now = now or timezone.now()
    counts: Counter[str] = Counter()
    with job_run(JOB) as run:
        campaign = reminder_campaign()
        if not campaign.is_on:
            counts[SWITCHED_OFF] = 1
            run.counts = dict(counts)
            return counts
        for day in days_of(now, window=window_of_reminders()):
            counts += plan_day(campaign, day=day, now=now)
            run.counts = dict(counts)
    return counts


def batches_of(now: datetime) -> list[NudgeBatch]:
    """The reminders of the days that it is now, as far as they are planned; the latest day first."""
    return list(NudgeBatch.objects.filter(campaign__is_reminder=True, day__in=days_of(now)).order_by("-day"))


def plan_day(campaign: Campaign, *, day: date, now: datetime) -> Counter[str]:
    """Queue, or suppress with the reason, the reminders of this local day that are due and were not planned yet."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        due = due_today(now, day=day)
        if not rows(f"SELECT 1 FROM ({due.text}) due LIMIT 1", due.params):  # noqa: S608 (made in audience.py)
            return Counter()
        batch = NudgeBatch.objects.select_for_update().filter(campaign=campaign, day=day).first()
        if batch is not None and batch.status in (Status.PAUSED, Status.CANCELLED):
            return Counter({HELD: 1})
        if batch is None:
            batch = _make_batch(campaign, day=day)
        counts = planning.plan_batch(batch, now=now)
        _leave_before_the_session(batch)
        batch.counts = dict(Counter(batch.counts) + counts)
        batch.status, batch.finished_at = Status.RUNNING, None
        batch.starts_at = batch.starts_at or now
        batch.started_at = batch.started_at or now
        batch.save(update_fields=["counts", "status", "finished_at", "starts_at", "started_at"])
    return counts


def _make_batch(campaign: Campaign, *, day: date) -> NudgeBatch:
    return batches.create(
        audience=Audience(reminders_on=day),
        channels=campaign.channels,
        type=campaign.type,
        by=None,
        texts=texts_of_reminders(campaign.channels),
        own_language=True,
        origin=Origin.REMINDER,
        campaign=campaign,
        day=day,
        holdout_percent=campaign.holdout_percent,
        salt=campaign.salt,
        window_from=campaign.window_from,
        window_until=campaign.window_until,
        usual_hour=campaign.usual_hour,
        learns_hours=campaign.learns_hours,
    )


def _leave_before_the_session(batch: NudgeBatch) -> None:
    """A learner's usual hour may be later than the session: then it leaves while there is time to come.

    Never before now: a session that is nearer is nobody's reminder (rules.goal_today).
    """
    starts_at = "(SELECT s.starts_at FROM activity_session s WHERE s.id = CAST(substr(goal, 9) AS bigint))"
    if connection.vendor == "sqlite":  # in the form in which Django keeps times there
        latest = f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', {starts_at}, '-{int(LEAD.total_seconds())} seconds')"
    else:
        latest = f"{starts_at} - INTERVAL '{int(LEAD.total_seconds())} seconds'"
    execute(
        f"""UPDATE nudges_nudge SET due_at = {latest}
        WHERE batch_id = %s AND state = 'queued' AND goal LIKE 'session:%%' AND due_at > {latest}""",  # noqa: S608
        [batch.pk],
    )
