"""Every code that is stored as a nudge's reason, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .channels import base
from .gate import rules

# Besides the gate's and the channels' codes. Stored with nudges: never rename one.
FACT_MISSING = "fact_missing"
NO_TEXT = "no_text"
TOO_LONG = "too_long"
ALREADY_DONE = "already_done"
EXPIRED = "expired"
OUR_ERROR = "our_error"
BATCH_CANCELLED = "batch_cancelled"

OF_DELIVERY: dict[str, str | Promise] = {
    FACT_MISSING: _("The text names a fact that we do not know about this learner."),
    NO_TEXT: _("There is no text for what we know about this learner."),
    TOO_LONG: _("With this learner’s facts filled in, the text is too long for the channel."),
    ALREADY_DONE: _("The learner has done it meanwhile."),
    EXPIRED: _("It could not leave in time, and would have come too late."),
    BATCH_CANCELLED: _("This bulk nudge was cancelled."),
    OUR_ERROR: _("An error of ours keeps it back. It is in the log, and the nudge is tried again."),
}


def sentence_of(code: str) -> str | Promise:
    """The sentence for a coordinator; empty for no reason. A code of the future still says what it is."""
    if not code:
        return ""
    if code in set(rules.Code):
        return rules.describe(code)
    return base.SENTENCES.get(code) or OF_DELIVERY.get(code) or code
