"""Where a nudge stands, from draft to outcome."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    SUPPRESSED = "suppressed", _("Not sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# What the learner has got or is about to get. A nudge that hangs in SENDING counts: it may have arrived.
COUNTED = (State.QUEUED, State.SENDING, State.SENT, State.DELIVERED)
# So does one that failed for a reason that leaves open whether it arrived.
UNSURE = ("provider_timeout", "provider_unclear")

# Every lawful step. What stands on the left of none is final.
NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.QUEUED, State.SUPPRESSED, State.CANCELLED}),
    # past SENDING: the provider reports on the try before; or that may have arrived, and it may not go again
    State.QUEUED: frozenset(
        {State.SENDING, State.SUPPRESSED, State.CANCELLED, State.SENT, State.DELIVERED, State.FAILED}
    ),
    # back to QUEUED: it surely did not arrive, or the provider will recognise it
    State.SENDING: frozenset({State.SENT, State.DELIVERED, State.FAILED, State.QUEUED}),
    State.SENT: frozenset({State.DELIVERED, State.FAILED}),
    # by the provider's reports alone: see hooks/standing.py
    State.DELIVERED: frozenset({State.FAILED}),
    State.FAILED: frozenset({State.SENT, State.DELIVERED, State.FAILED}),
}
