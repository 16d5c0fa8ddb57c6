"""The one gate: every nudge passes it before it is queued, and its consent part again before it leaves.

`decide_for` collects the facts of any number of learners with one query and asks the pure rules in rules.py.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import FilteredRelation, Q

from learners.channels import Channel, address_on
from learners.models import Learner

from .querysets import is_counted
from .rules import WEEK, ContactFacts, Decision, Policy, decide, may_reach


def decide_for(
    learner_ids: Iterable[int],
    *,
    channel: str,
    now: datetime,
    is_automatic: bool = False,
) -> dict[int, Decision]:
    """The decision for each of these learners (primary keys), in one query. Learners that are gone are left out.

    To act on it, hold the learners' row locks (`lock` below) from before this call until the nudge is queued:
    otherwise two senders can both see room under the cap.
    """
    facts = _contact_facts(learner_ids, channels=[channel], now=now, is_automatic=is_automatic)
    return {learner_id: decide(contact, Policy(), now) for (learner_id, _), contact in facts.items()}


def decide_for_channels(learner: Learner, *, now: datetime) -> dict[str, Decision]:
    """The decision for one learner on every channel, in one query: so that a person can choose."""
    facts = _contact_facts([learner.pk], channels=Channel.values, now=now, is_automatic=False)
    return {channel: decide(contact, Policy(), now) for (_, channel), contact in facts.items()}


def may_still_reach(learner: Learner, *, channel: str, now: datetime) -> Decision:
    """Consent and address as they are at the moment of sending: either may have changed while the nudge waited."""
    facts = _contact_facts([learner.pk], channels=[channel], now=now, is_automatic=False)
    return may_reach(facts[learner.pk, channel])


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
    learner_ids: Iterable[int], *, channels: Iterable[str], now: datetime, is_automatic: bool
) -> dict[tuple[int, str], ContactFacts]:
    """One row a learner, preference and recent nudge; few of each, so that the join stays small."""
    channels = list(channels)
    rows = (
        Learner.objects.filter(pk__in=list(learner_ids))
        .annotate(
            preference=FilteredRelation("preferences", condition=Q(preferences__channel__in=channels)),
            recent=FilteredRelation("nudges", condition=is_counted("nudges__") & Q(nudges__queued_at__gt=now - WEEK)),
        )
        .values_list(
            "pk",
            "email",
            "phone",
            "risk__inputs_known",
            "preference__channel",
            "preference__allowed",
            "preference__verified_at",
            "recent__pk",
            "recent__queued_at",
        )
    )
    learners: dict[int, tuple[str | None, str, int]] = {}
    said: dict[tuple[int, str], tuple[bool, datetime | None]] = {}
    nudged_at: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
    for pk, email, phone, inputs_known, said_about, allowed, verified_at, nudge_pk, queued_at in rows:
        learners[pk] = email, phone, inputs_known or 0
        if said_about is not None:
            said[pk, said_about] = allowed, verified_at
        if nudge_pk is not None:
            nudged_at[pk][nudge_pk] = queued_at

    facts = {}
    for pk, (email, phone, inputs_known) in learners.items():
        for channel in channels:
            consent, verified_at = said.get((pk, channel), (None, None))
            facts[pk, channel] = ContactFacts(
                channel=channel,
                consent=consent,
                address=address_on(channel, email=email, phone=phone),
                address_is_verified=verified_at is not None,
                nudged_at=tuple(nudged_at[pk].values()),
                inputs_known=inputs_known,
                is_automatic=is_automatic,
            )
    return facts
