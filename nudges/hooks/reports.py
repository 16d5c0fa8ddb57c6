"""A provider's report, kept once and applied: to its message, and where it says something lasting, to the learner."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from learners.channels import address_on
from learners.models import Learner
from learners.services import mark_bounced

from .. import gate
from ..answering.consent import unsubscribe
from ..models import Nudge, ProviderReport, Touch
from ..states import State
from ..transitions import move
from .standing import Kind, Report, standing_of, step

log = logging.getLogger(__name__)

LASTING = frozenset({Kind.BOUNCED, Kind.OPTED_OUT, Kind.COMPLAINED, Kind.UNSUBSCRIBED})
LOOKED_FOR = timedelta(days=3)  # the nudge of a report that came before the outcome of its call was written


def apply_report(report: Report) -> bool:
    """Keep and apply one report. False when it was applied before: told again, it changes nothing.

    It may come before the call to the provider has been written down. It is kept first, in a transaction of its own,
    and its message looked for afterwards: whoever writes the call down does it the other way round (`catch_up`), so
    that one of the two finds the other.
    """
    kept, is_new = ProviderReport.objects.get_or_create(
        provider=report.provider,
        key=report.key[:300],
        defaults={
            "kind": report.kind,
            "provider_message_id": report.provider_message_id[:200],
            "detail": report.detail[:500],
            "at": report.at,
        },
    )
    if not is_new and kept.nudge_id is not None:
        return False
    return _apply(kept, _nudge_of(report), address=report.address)


def catch_up(provider_message_ids: Iterable[str]) -> int:
    """Apply what was reported on these messages before it was known that they were ours; how many reports.

    To be called once the outcomes of their calls are committed.
    """
    known = [their_id for their_id in provider_message_ids if their_id]
    return _catch_up(_unmatched().filter(provider_message_id__in=known)) if known else 0


def follow_refusals(codes: Mapping[int, str], *, now: datetime) -> None:
    """What a provider said at once, by nudge (primary key): for good, that nothing arrives there, or is wanted."""
    lasting = {nudge_id: code for nudge_id, code in codes.items() if code in ("bad_address", "unsubscribed")}
    if not lasting:
        return
    for nudge in Nudge.objects.filter(pk__in=lasting).select_related("learner").order_by("learner_id"):
        if lasting[nudge.pk] == "bad_address":
            mark_bounced(learner=nudge.learner, channel=nudge.channel, at=now)
        else:
            unsubscribe(learner=nudge.learner, channel=nudge.channel, source="unsubscribed (at the provider)")


def catch_up_lately(now: datetime) -> int:
    """The same for whatever a crash left between an outcome and its reports."""
    return _catch_up(_unmatched().filter(received_at__gt=now - LOOKED_FOR))


def _unmatched() -> QuerySet[ProviderReport]:
    return ProviderReport.objects.filter(nudge=None).exclude(kind=Kind.INBOUND).exclude(provider_message_id="")


def _catch_up(reports: QuerySet[ProviderReport]) -> int:
    applied = 0
    waiting: Sequence[ProviderReport] = list(reports.order_by("pk"))
    by_id = {report.provider_message_id for report in waiting}
    known = {
        (provider, their_id): nudge_id
        for provider, their_id, nudge_id in Nudge.objects.filter(attempts__provider_message_id__in=by_id).values_list(
            "attempts__provider", "attempts__provider_message_id", "pk"
        )
    }
    for report in waiting:
        nudge_id = known.get((report.provider, report.provider_message_id))
        if nudge_id is not None:
            applied += _apply(report, Nudge.objects.get(pk=nudge_id))
    return applied


def _nudge_of(report: Report) -> Nudge | None:
    """By our own id, where the provider hands it back; else by the provider's, as the call's outcome has it."""
    of_provider = Q()
    if report.nudge:
        try:
            of_provider |= Q(uuid=UUID(report.nudge), attempts__provider=report.provider)
        except ValueError:
            log.warning("%s handed back %r, which is no id of ours", report.provider, report.nudge[:50])
    if report.provider_message_id:
        of_provider |= Q(
            attempts__provider=report.provider, attempts__provider_message_id=report.provider_message_id[:200]
        )
    return Nudge.objects.filter(of_provider).first() if of_provider else None


def _apply(report: ProviderReport, nudge: Nudge | None, *, address: str = "") -> bool:
    """In one transaction, so that it is applied whole or not at all. Learners are held before nudges, as everywhere."""
    if nudge is None:
        return False
    with transaction.atomic():
        if report.kind in LASTING:
            gate.lock([nudge.learner_id])
        current = Nudge.objects.select_for_update(no_key=True).get(pk=nudge.pk)
        if not ProviderReport.objects.filter(pk=report.pk, nudge=None).update(nudge=current):
            return False  # somebody else did, a moment ago
        left_now = _move(current, report)
        _follow(report, current, address=address)
    if left_now:
        Learner.objects.filter(pk=nudge.learner_id).update(
            last_contacted_at=report.at, last_contact_channel=nudge.channel
        )
    return True


def _move(nudge: Nudge, report: ProviderReport) -> bool:
    """Bring the nudge to where all its reports say that it stands. True when they are the first to say that it left."""
    standing = standing_of(nudge.reports.values_list("kind", flat=True))
    begin = State(nudge.state)
    if standing is None or (end := step(begin, nudge.reason, standing)) is None:
        return False
    is_first = nudge.sent_at is None and end.state != State.FAILED
    left: dict[str, Any] = {"sent_at": report.at, "due_at": report.at} if is_first else {}
    return move(nudge.pk, begin, end.state, reason=end.reason, **left) and is_first


def _follow(report: ProviderReport, nudge: Nudge, *, address: str) -> None:
    match report.kind:
        case Kind.READ:
            # The phone's own receipt: no scanner reads what is sent to a phone.
            Touch.objects.create(nudge=nudge, kind=Touch.Kind.READ, at=report.at, is_machine=False)
        case Kind.BOUNCED if _is_about_todays(address, nudge):
            mark_bounced(learner=nudge.learner, channel=nudge.channel, at=report.at)
        case Kind.COMPLAINED:
            unsubscribe(learner=nudge.learner, channel=nudge.channel, source=f"spam complaint ({report.provider})")
        case Kind.UNSUBSCRIBED | Kind.OPTED_OUT:
            unsubscribe(learner=nudge.learner, channel=nudge.channel, source=f"unsubscribed ({report.provider})")


def _is_about_todays(address: str, nudge: Nudge) -> bool:
    """Not about an address that the learner has changed since. A provider that names none is believed."""
    learner = nudge.learner
    current = address_on(nudge.channel, email=learner.email, phone=learner.phone)
    return not address or address.casefold().lstrip("+") == current.casefold().lstrip("+")
