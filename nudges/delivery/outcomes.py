"""Writes down what came of calls: several at once, in short transactions of their own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from learners.channels import Channel
from learners.models import Learner

from .. import gate
from ..hooks import reports
from ..models import Attempt, Nudge
from ..row_updates import update_rows
from ..states import State
from ..transitions import move_held
from . import pacing
from .channel_states import change_pace
from .sending import Outcome

NOT_CALLED = "The provider was not called."
ABOUT_ONE_MESSAGE = frozenset({"refused", "bad_address", "bad_template", "outside_window", "unsubscribed"})


def write(channel: str, outcomes: Sequence[Outcome]) -> None:
    """Attempts and nudges, then the learners' last contact, then the channel's pace. A fixed number of statements.

    Learners are not held together with nudges: a long plan may hold them, and what arrived is to be known at once.
    """
    if not outcomes:
        return
    now = timezone.now()
    _write_nudges(outcomes, now=now)
    _write_learners(channel, [outcome.departure.learner_id for outcome in outcomes if outcome.receipt], now=now)
    _write_pace(channel, outcomes, now=now)
    _hear_of_them(channel, outcomes, now=now)


def _hear_of_them(channel: str, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """What the provider said of these messages faster than we wrote them down, and of these learners for good."""
    if channel == Channel.IN_APP:
        return
    reports.catch_up(outcome.receipt.provider_message_id for outcome in outcomes if outcome.receipt)
    reports.follow_refusals(
        {outcome.departure.nudge_id: outcome.error.code for outcome in outcomes if outcome.error}, now=now
    )


def _write_nudges(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    ours = {outcome.departure.nudge_id: outcome for outcome in outcomes}
    with transaction.atomic():
        nudges = list(Nudge.objects.select_for_update().filter(pk__in=ours).order_by("pk"))
        open_ids = {outcome.departure.attempt_id for outcome in outcomes}
        attempts = list(Attempt.objects.select_for_update().filter(pk__in=open_ids, finished_at=None).order_by("pk"))
        by_id = {outcome.departure.attempt_id: outcome for outcome in outcomes}
        for attempt in attempts:
            _finish(attempt, by_id[attempt.pk], now=now)
        update_rows(attempts, ["outcome", "finished_at", "provider_message_id", "error", "retrying_helps"])
        # An attempt that a person decided on meanwhile is closed; a nudge of which the provider spoke first, moved on.
        still_ours = {attempt.nudge_id for attempt in attempts}
        moving = [nudge for nudge in nudges if nudge.pk in still_ours and nudge.state == State.SENDING]
        for nudge in moving:
            _end(nudge, ours[nudge.pk], now=now)
        if moving:
            move_held(moving, State.SENDING, fields=["due_at", "sent_at", "tries"])
        overtaken = [
            nudge.pk for nudge in nudges if nudge.pk in still_ours and nudge not in moving and ours[nudge.pk].receipt
        ]
        if overtaken:
            Nudge.objects.filter(pk__in=overtaken, sent_at=None).update(sent_at=now)


def _finish(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    attempt.finished_at = now
    if outcome.receipt is not None:
        attempt.outcome = Attempt.Outcome.ACCEPTED
        attempt.provider_message_id = outcome.receipt.provider_message_id
        return
    attempt.outcome = Attempt.Outcome.REFUSED
    attempt.error = str(outcome.error)[:500] if outcome.error else NOT_CALLED
    attempt.retrying_helps = outcome.error.retrying_helps if outcome.error else True


def _end(nudge: Nudge, outcome: Outcome, *, now: datetime) -> None:
    if outcome.receipt is not None:
        nudge.state = State.DELIVERED if outcome.receipt.is_delivered else State.SENT
        nudge.sent_at = now
    elif outcome.error is None:
        nudge.state, nudge.due_at, nudge.tries = State.QUEUED, now, nudge.tries - 1
    elif outcome.next_try_at is None:
        nudge.state, nudge.reason = State.FAILED, outcome.error.code
    else:
        nudge.state, nudge.reason, nudge.due_at = State.QUEUED, outcome.error.code, outcome.next_try_at


def _write_learners(channel: str, learner_ids: Sequence[int], *, now: datetime) -> None:
    if not learner_ids:
        return
    with transaction.atomic():
        gate.lock(learner_ids)
        Learner.objects.filter(pk__in=learner_ids).update(last_contacted_at=now, last_contact_channel=channel)


def _write_pace(channel: str, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """The provider's failures count, those of one address do not: there it answered, and is well."""
    called = [outcome for outcome in outcomes if outcome.receipt or outcome.error]
    failures = [outcome for outcome in called if outcome.error and is_the_providers(outcome)]
    if len(failures) < len(called):
        change_pace(channel, pacing.succeeded)
    elif failures:
        was_probe = any(outcome.departure.is_probe for outcome in failures)
        change_pace(channel, lambda pace: pacing.failed(pace, times=len(failures), was_probe=was_probe, now=now))


def is_the_providers(outcome: Outcome) -> bool:
    return outcome.error is not None and outcome.error.code not in ABOUT_ONE_MESSAGE
