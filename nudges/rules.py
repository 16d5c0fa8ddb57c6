"""May this learner be contacted on this channel now? Plain values in; a decision with its reason out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from learners.channels import ADDRESS_OF, ALLOWED_BY_DEFAULT
from riskscoring.scoring import ENOUGH_INPUTS

DAY = timedelta(hours=24)
WEEK = timedelta(days=7)


class Code(StrEnum):
    """Why a nudge may go or not. Stored with the nudge: never rename one."""

    ALLOWED = "allowed"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_VERIFIED = "address_not_verified"
    NOT_ENOUGH_DATA = "not_enough_data"
    CAPPED_DAY = "capped_day"
    CAPPED_WEEK = "capped_week"


@dataclass(frozen=True)
class Policy:
    """How often a learner may hear from us, over all channels, in rolling windows of 24 hours and 7 days."""

    max_per_day: int = 1
    max_per_week: int = 2
    min_inputs_known: int = ENOUGH_INPUTS  # for automatic nudges: below it the score is a guess


@dataclass(frozen=True)
class ContactFacts:
    """What the decision needs to know about one learner on one channel.

    `consent` is None when the learner was never asked. `nudged_at` holds the queueing times of the nudges that count
    (waiting, on their way or arrived, on any channel), at least those of the last 7 days.
    """

    channel: str
    consent: bool | None
    address: str
    address_is_verified: bool
    nudged_at: tuple[datetime, ...] = ()
    inputs_known: int = 0
    is_automatic: bool = False


@dataclass(frozen=True)
class Decision:
    go: bool
    code: Code
    sentence: str | Promise


def may_reach(contact: ContactFacts) -> Decision:
    """Consent and address alone: what is asked again just before a message leaves."""
    if not (contact.consent if contact.consent is not None else contact.channel in ALLOWED_BY_DEFAULT):
        return _stop(Code.NO_CONSENT)
    if contact.channel in ADDRESS_OF:
        if not contact.address:
            return _stop(Code.NO_ADDRESS)
        if not contact.address_is_verified:
            return _stop(Code.ADDRESS_NOT_VERIFIED)
    return Decision(go=True, code=Code.ALLOWED, sentence=describe(Code.ALLOWED))


def decide(contact: ContactFacts, policy: Policy, now: datetime) -> Decision:
    """The first reason against contacting the learner wins; with none, go."""
    reachable = may_reach(contact)
    if not reachable.go:
        return reachable
    if contact.is_automatic and contact.inputs_known < policy.min_inputs_known:
        return _stop(Code.NOT_ENOUGH_DATA, policy)
    if sum(at > now - DAY for at in contact.nudged_at) >= policy.max_per_day:
        return _stop(Code.CAPPED_DAY, policy)
    if sum(at > now - WEEK for at in contact.nudged_at) >= policy.max_per_week:
        return _stop(Code.CAPPED_WEEK, policy)
    return reachable


def describe(code: str, policy: Policy | None = None) -> str | Promise:
    """The sentence that a coordinator reads for a stored code."""
    policy = policy or Policy()
    sentences: dict[str, str | Promise] = {
        Code.ALLOWED: _("Can be sent."),
        Code.NO_CONSENT: _("Has not agreed to messages on this channel."),
        Code.NO_ADDRESS: _("We have no address for this channel."),
        Code.ADDRESS_NOT_VERIFIED: _("The address for this channel is not confirmed yet."),
        Code.NOT_ENOUGH_DATA: _("We know too little about this learner for an automatic nudge."),
        Code.CAPPED_DAY: format_lazy(
            _("Had a nudge in the last 24 hours. The limit is {limit} a day."), limit=policy.max_per_day
        ),
        Code.CAPPED_WEEK: format_lazy(
            _("Had enough nudges in the last 7 days. The limit is {limit} a week."), limit=policy.max_per_week
        ),
    }
    return sentences[code]


def _stop(code: Code, policy: Policy | None = None) -> Decision:
    return Decision(go=False, code=code, sentence=describe(code, policy))
