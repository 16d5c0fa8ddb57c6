"""Gathers what the gate must know about learners who are named one by one, and asks the rules.

Whoever acts on a decision holds the learners' row locks (`lock`) from before the question until the nudge is stored:
otherwise two senders can both see room under the cap.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Q

from learners.channels import Channel, address_on
from learners.models import ContactPreference, Learner

from ..models import AutomationStop, Nudge, Reply
from ..states import UNSURE, State
from .chance import draws_into
from .policies import Policies
from .rules import (
    A_PERSONS_OWN,
    CONVERSATION,
    DAY,
    HOLDOUT_SALT,
    WEEK,
    ContactFacts,
    Decision,
    Policy,
    Purpose,
    decide,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A nudge that counts, as far as the rules ask about it."""

    due_at: datetime
    goal: str
    template_id: int | None  # of a text that is the template's, word for word
    has_left: bool


@dataclass
class Known:
    """What is known about one learner, whichever the channel."""

    program_id: int | None
    email: str | None
    phone: str
    status: str
    timezone: str
    last_login: datetime | None
    inputs_known: int
    said: dict[str, tuple[bool, bool, bool]] = field(default_factory=dict)  # channel → agreed, verified, bounced
    heard: list[Heard] = field(default_factory=list)
    wrote: dict[str, datetime] = field(default_factory=dict)  # channel → the last reply by it
    stopped: set[str] = field(default_factory=set)  # on which goals automation is; "" is all


def decide_for(
    learner_ids: Iterable[int],
    *,
    channel: str,
    now: datetime,
    purpose: Purpose = A_PERSONS_OWN,
    leaving: Iterable[int] | None = None,
) -> dict[int, Decision]:
    """The decision for each of these learners (primary keys), in a fixed number of queries. Who is gone is left out.

    `leaving` names the nudges (primary keys) that were queued and are about to leave: then they are not held against
    themselves, and others count only once they are on their way, or may have arrived and wait to be tried again. Two
    that wait must not block each other.
    """
    return decide_each(dict.fromkeys(learner_ids, purpose), channel=channel, now=now, leaving=leaving)


def decide_each(
    purposes: Mapping[int, Purpose], *, channel: str, now: datetime, leaving: Iterable[int] | None = None
) -> dict[int, Decision]:
    """The same where each learner is to be told something else: as many queries as for one purpose."""
    policies = Policies()
    known = _known(purposes, channels=[channel], policies=policies, now=now, leaving=leaving)
    return {
        learner_id: _decision(learner_id, learner, policies.of(learner.program_id), channel, purposes[learner_id], now)
        for learner_id, learner in known.items()
    }


def decide_for_channels(learner: Learner, *, now: datetime, purpose: Purpose = A_PERSONS_OWN) -> dict[str, Decision]:
    """The decision for one learner on every channel: so that a person can choose."""
    policies = Policies()
    channels = [str(channel) for channel in Channel]
    known = _known({learner.pk: purpose}, channels=channels, policies=policies, now=now, leaving=None)
    return {
        channel: _decision(learner_id, theirs, policies.of(theirs.program_id), channel, purpose, now)
        for learner_id, theirs in known.items()
        for channel in channels
    }


def lock(learner_ids: Iterable[int]) -> None:
    """Hold these learners until the transaction ends, always in the same order, so that senders can't deadlock.

    SQLite has no row locks and needs none: there a transaction holds the whole database from its first line.
    """
    list(
        Learner.objects.select_for_update(no_key=True)
        .filter(pk__in=list(learner_ids))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _decision(learner_id: int, known: Known, policy: Policy, channel: str, purpose: Purpose, now: datetime) -> Decision:
    return decide(_contact(learner_id, known, policy, channel, purpose, now), policy, purpose, now)


def _contact(
    learner_id: int, known: Known, policy: Policy, channel: str, purpose: Purpose, now: datetime
) -> ContactFacts:
    agreed, is_verified, has_bounced = known.said.get(channel, (None, False, False))
    on_goal = [
        nudge
        for nudge in known.heard
        if purpose.goal and nudge.goal == purpose.goal and nudge.due_at > now - policy.goal_days * DAY
    ]
    answered_at = [at for at in (known.last_login, *known.wrote.values()) if at is not None]
    return ContactFacts(
        channel=channel,
        status=known.status,
        consent=agreed,
        address=address_on(channel, email=known.email, phone=known.phone),
        address_is_verified=is_verified,
        has_bounced=has_bounced,
        wrote_lately=channel in known.wrote and known.wrote[channel] > now - CONVERSATION,
        nudged_at=tuple(nudge.due_at for nudge in known.heard if nudge.due_at > now - WEEK),
        nudged_on_goal=len(on_goal),
        unanswered_on_goal=sum(
            nudge.has_left and all(nudge.due_at > answered for answered in answered_at) for nudge in on_goal
        ),
        had_template=purpose.template_id is not None
        and any(
            nudge.template_id == purpose.template_id and nudge.due_at > now - policy.template_rest_days * DAY
            for nudge in known.heard
        ),
        is_stopped=not known.stopped.isdisjoint({"", purpose.goal}),
        is_held_out=draws_into(learner_id, purpose.salt + HOLDOUT_SALT, percent=purpose.holdout_percent),
        inputs_known=known.inputs_known,
        timezone=known.timezone,
    )


def _known(
    purposes: Mapping[int, Purpose],
    *,
    channels: list[str],
    policies: Policies,
    now: datetime,
    leaving: Iterable[int] | None,
) -> dict[int, Known]:
    """Six queries at most, and one less for each thing that none of the purposes asks about."""
    rows = Learner.objects.filter(pk__in=list(purposes)).values_list(
        "pk", "program_id", "email", "phone", "status", "timezone", "last_login", "risk__inputs_known"
    )
    learners = {
        pk: Known(program_id, email, phone, status, timezone, last_login, inputs or 0)
        for pk, program_id, email, phone, status, timezone, last_login, inputs in rows
    }
    for pk, channel, agreed, verified_at, bounced_at in ContactPreference.objects.filter(
        learner__in=learners, channel__in=channels
    ).values_list("learner_id", "channel", "allowed", "verified_at", "bounced_at"):
        learners[pk].said[channel] = agreed, verified_at is not None, bounced_at is not None
    for pk, heard in _heard(learners, since=now - policies.longest_days * DAY, leaving=leaving):
        learners[pk].heard.append(heard)
    automatic = {purpose.goal for purpose in purposes.values() if purpose.is_automatic}
    if automatic or Channel.WHATSAPP in channels:
        for pk, channel, at in (
            Reply.objects.filter(learner__in=learners)
            .order_by()
            .values_list("learner_id", "channel")
            .annotate(latest=Max("at"))
        ):
            learners[pk].wrote[channel] = at
    if automatic:
        for pk, goal in _stops(learners, goals=automatic, now=now):
            learners[pk].stopped.add(goal)
    return learners


def _heard(
    learner_ids: Iterable[int], *, since: datetime, leaving: Iterable[int] | None
) -> Iterable[tuple[int, Heard]]:
    nudges = Nudge.objects.counted().filter(learner__in=list(learner_ids), due_at__gt=since).order_by()
    if leaving is not None:
        nudges = nudges.exclude(Q(state=State.QUEUED) & ~Q(reason__in=UNSURE)).exclude(pk__in=list(leaving))
    rows = nudges.values_list("learner_id", "due_at", "goal", "template_id", "edited", "state")
    for pk, due_at, goal, template_id, edited, state in rows:
        if due_at is not None:  # always: it was asked for by its time
            yield pk, Heard(due_at, goal, None if edited else template_id, has_left=state != State.QUEUED)


def _stops(learner_ids: Iterable[int], *, goals: Set[str], now: datetime) -> Iterable[tuple[int, str]]:
    """Whose automation is stopped, and on which of these goals; "" is all of them."""
    return (
        AutomationStop.objects.filter(
            Q(until=None) | Q(until__gt=now), learner__in=list(learner_ids), goal__in={"", *goals}, lifted_at=None
        )
        .order_by()
        .values_list("learner_id", "goal")
    )
