"""A learner does not want to hear from us on a channel any more."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from learners.channels import ALLOWED_BY_DEFAULT, Channel
from learners.models import ContactPreference, Learner
from learners.services import set_preference

from .. import gate
from ..models import Reply


def unsubscribe(*, learner: Learner, channel: str, source: str) -> None:
    """Withdraw consent for one channel. Said again, it changes nothing: the first time and source are kept.

    What waits to leave on that channel is stopped by the gate, which is asked again at the moment of sending.
    """
    with transaction.atomic():
        gate.lock([learner.pk])
        said = ContactPreference.objects.filter(learner=learner, channel=channel).values_list("allowed", flat=True)
        if list(said) != [False]:
            set_preference(learner=learner, channel=channel, allowed=False, source=source, by=None)


def unsubscribe_from_all(*, learner: Learner, source: str) -> None:
    """Withdraw consent wherever the learner gave it, or where it holds without being asked."""
    with transaction.atomic():
        gate.lock([learner.pk])
        allowed = set(
            ContactPreference.objects.filter(learner=learner, allowed=True).values_list("channel", flat=True)
        ) | set(ALLOWED_BY_DEFAULT)
        for channel in Channel:
            if channel in allowed:
                unsubscribe(learner=learner, channel=channel, source=source)


def opted_out() -> Q:
    """Of a nudge: its learner answered “stop”, or withdrew consent for its channel afterwards, however they did it."""
    said_stop = Reply.objects.filter(nudge=OuterRef("pk"), kind=Reply.Kind.STOP)
    withdrew = ContactPreference.objects.filter(
        learner=OuterRef("learner"), channel=OuterRef("channel"), allowed=False, decided_at__gt=OuterRef("sent_at")
    )
    return Q(Exists(said_stop)) | Q(Exists(withdrew))
