"""Every code that is stored as a nudge's reason, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .channels import base
from .gate import rules
from .planning import FACT_MISSING, TOO_LONG

OF_A_BATCH: dict[str, str | Promise] = {
    FACT_MISSING: _("The text names a fact that we do not know about this learner."),
    TOO_LONG: _("With this learner’s facts filled in, the text is too long for the channel."),
}


def sentence_of(code: str) -> str | Promise:
    """The sentence for a coordinator; empty for no reason. A code of the future still says what it is."""
    if not code:
        return ""
    if code in set(rules.Code):
        return rules.describe(code)
    return base.SENTENCES.get(code) or OF_A_BATCH.get(code) or code
