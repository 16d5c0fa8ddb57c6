"""Gathers what the gate must know about learners who are named one by one, and asks the rules.

Whoever acts on a decision holds the learners' row locks (`lock`) from before the question until the nudge is stored:
otherwise two senders can both see room under the cap.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import FilteredRelation, Q

from learners.channels import Channel, address_on
from learners.models import Learner

from ..querysets import is_counted
from .chance import STEPS, draw
from .policies import Policies
from .rules import A_PERSONS_OWN, WEEK, ContactFacts, Decision, Purpose, decide


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
    themselves, and others count only once they are on their way. Two that wait must not block each other.
    """
    policies = Policies()
    facts = _contact_facts(learner_ids, channels=[channel], now=now, purpose=purpose, leaving=leaving)
    return {
        learner_id: decide(contact, policies.of(program_id), purpose, now)
        for (learner_id, _), (program_id, contact) in facts.items()
    }


def decide_for_channels(learner: Learner, *, now: datetime, purpose: Purpose = A_PERSONS_OWN) -> dict[str, Decision]:
    """The decision for one learner on every channel: so that a person can choose."""
    policies = Policies()
    facts = _contact_facts([learner.pk], channels=Channel.values, now=now, purpose=purpose, leaving=None)
    return {
        channel: decide(contact, policies.of(program_id), purpose, now)
        for (_, channel), (program_id, contact) in facts.items()
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


def _contact_facts(
    learner_ids: Iterable[int],
    *,
    channels: Iterable[str],
    now: datetime,
    purpose: Purpose,
    leaving: Iterable[int] | None,
) -> dict[tuple[int, str], tuple[int | None, ContactFacts]]:
    """One row a learner, preference and recent nudge; few of each, so that the join stays small."""
    channels = list(channels)
    counted = is_counted("nudges__")
    if leaving is not None:
        counted &= ~Q(nudges__state="queued") & ~Q(nudges__in=list(leaving))
    rows = (
        Learner.objects.filter(pk__in=list(learner_ids))
        .annotate(
            preference=FilteredRelation("preferences", condition=Q(preferences__channel__in=channels)),
            recent=FilteredRelation("nudges", condition=counted & Q(nudges__due_at__gt=now - WEEK)),
        )
        .values_list(
            "pk",
            "program_id",
            "email",
            "phone",
            "status",
            "timezone",
            "risk__inputs_known",
            "preference__channel",
            "preference__allowed",
            "preference__verified_at",
            "preference__bounced_at",
            "recent__pk",
            "recent__due_at",
        )
    )
    learners: dict[int, tuple[int | None, str | None, str, str, str, int]] = {}
    said: dict[tuple[int, str], tuple[bool, datetime | None, datetime | None]] = {}
    nudged_at: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
    for pk, program_id, email, phone, status, zone, known, about, allowed, verified_at, bounced_at, nudge, at in rows:
        learners[pk] = program_id, email, phone, status, zone, known or 0
        if about is not None:
            said[pk, about] = allowed, verified_at, bounced_at
        if nudge is not None:
            nudged_at[pk][nudge] = at

    facts: dict[tuple[int, str], tuple[int | None, ContactFacts]] = {}
    for pk, (their_program, email, phone, status, zone, known) in learners.items():
        for channel in channels:
            consent, verified_at, bounced_at = said.get((pk, channel), (None, None, None))
            facts[pk, channel] = (
                their_program,
                ContactFacts(
                    channel=channel,
                    status=status,
                    consent=consent,
                    address=address_on(channel, email=email, phone=phone),
                    address_is_verified=verified_at is not None,
                    has_bounced=bounced_at is not None,
                    nudged_at=tuple(nudged_at[pk].values()),
                    inputs_known=known,
                    is_held_out=draw(pk, purpose.salt) < purpose.holdout_percent * STEPS // 100,
                    timezone=zone,
                ),
            )
    return facts
