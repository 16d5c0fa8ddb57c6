"""May this message go to this learner on this channel now? Plain values in; a decision with its reason out.

The order of the reasons is a part of the definition: the first one wins, here and in expression.py, which decides for
any number of learners in the database. A property test holds the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from learners.channels import ADDRESS_OF, ALLOWED_BY_DEFAULT, Channel
from learners.zones import zone_of
from riskscoring.scoring import ENOUGH_INPUTS

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
CONVERSATION = DAY  # after a learner's own message WhatsApp takes free text for as long
HOLDOUT_SALT: Final = 0  # of the chances, beside that of the purpose: who is held out, who gets which text, who first
ARM_SALT: Final = 15_485_863
STAGE_SALT: Final = 32_452_843


class Code(StrEnum):
    """Why a nudge may go or not, in the order in which they are asked. Stored with the nudge: never rename one."""

    ALLOWED = "allowed"
    FINISHED_COURSE = "finished_course"
    LEFT_COURSE = "left_course"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_VERIFIED = "address_not_verified"
    BOUNCED = "bounced"
    OUTSIDE_WINDOW = "outside_window"
    STOPPED = "stopped"
    HANDED_OVER = "handed_over"
    NOT_ENOUGH_DATA = "not_enough_data"
    GOAL_LIMIT = "goal_limit"
    CAPPED_DAY = "capped_day"
    CAPPED_WEEK = "capped_week"
    TOO_SOON = "too_soon"
    TEMPLATE_REPEAT = "template_repeat"  # of the text, not of the learner: another one might go
    HOLDOUT = "holdout"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The limits of one program: what staff keep in ContactPolicy, with its defaults. Windows are rolling.

    `quiet_from` and `quiet_until` are hours in the learner's zone; when they are the same, no hour is quiet.
    """

    max_per_day: int = 1
    max_per_week: int = 2
    min_gap_hours: int = 4
    quiet_from: int = 21
    quiet_until: int = 8
    max_per_goal: int = 3
    goal_days: int = 28
    template_rest_days: int = 14
    unanswered_limit: int = 2
    min_inputs_known: int = ENOUGH_INPUTS  # for automatic nudges: below it the score is a guess


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What is to be said, as far as the gate must know. The holdout is for automatic nudges alone."""

    is_automatic: bool = False
    goal: str = ""  # "" is no goal, and has no limit of its own
    template_id: int | None = None  # of a text that is the template's, word for word
    is_approved: bool = False  # on WhatsApp: the text is a template that the provider approved
    holdout_percent: int = 0
    salt: int = 0  # of the holdout's chances: see chance.py


A_PERSONS_OWN: Final = Purpose()  # a text of one person for one learner, with no goal named


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """What the decision needs to know about one learner on one channel, for one purpose.

    `consent` is None when the learner was never asked. `nudged_at` holds when the nudges that count leave or left
    (waiting, on their way or arrived, on any channel), at least those of the last 7 days.
    """

    channel: str
    status: str = "active"
    consent: bool | None
    address: str
    address_is_verified: bool
    has_bounced: bool = False
    wrote_lately: bool = False  # the learner, on this channel, within 24 hours
    nudged_at: tuple[datetime, ...] = ()
    nudged_on_goal: int = 0  # within policy.goal_days
    unanswered_on_goal: int = 0
    had_template: bool = False  # within policy.template_rest_days
    is_stopped: bool = False  # automation, on this goal or on all
    is_held_out: bool = False
    inputs_known: int = 0
    timezone: str = "UTC"


@dataclass(frozen=True)
class Decision:
    """`until` is when a reason that passes by itself will have passed: only quiet hours do."""

    go: bool
    code: Code
    sentence: str | Promise
    until: datetime | None = None

    @property
    def may_wait(self) -> bool:
        """It may go, only not yet."""
        return self.code == Code.QUIET_HOURS

    @property
    def passes(self) -> bool:
        """It may go, now or later."""
        return self.go or self.may_wait


def decide(contact: ContactFacts, policy: Policy, purpose: Purpose, now: datetime) -> Decision:
    """The first reason against contacting the learner wins; with none, go."""
    code = (
        _course(contact)
        or _reach(contact, purpose)
        or (_automation(contact, policy) if purpose.is_automatic else None)
        or _frequency(contact, policy, purpose, now)
        or (Code.TEMPLATE_REPEAT if contact.had_template else None)
    )
    if code is None and purpose.is_automatic and contact.is_held_out:
        code = Code.HOLDOUT
    until = None if code else quiet_until(contact.timezone, policy, now)
    code = code or (Code.QUIET_HOURS if until else Code.ALLOWED)
    return Decision(go=code == Code.ALLOWED, code=code, sentence=describe(code, policy), until=until)


def quiet_until(timezone: str, policy: Policy, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in end, in UTC; None outside them. A zone that nobody knows is UTC."""
    local = now.astimezone(zone_of(timezone))
    if not is_quiet(local.hour, policy):
        return None
    end = local.replace(hour=policy.quiet_until, minute=0, second=0, microsecond=0)
    if local.hour >= policy.quiet_until:
        end += DAY  # by the clock on the wall, which is what a zone's own arithmetic does
    return end.astimezone(UTC)


def is_quiet(hour: int, policy: Policy) -> bool:
    """Whether this hour of the learner's day, 0 to 23, is one of the quiet ones."""
    if policy.quiet_from <= policy.quiet_until:
        return policy.quiet_from <= hour < policy.quiet_until
    return hour >= policy.quiet_from or hour < policy.quiet_until


def describe(code: str, policy: Policy | None = None) -> str | Promise:
    """The sentence that a coordinator reads for a code. Only who decides by a policy, now, names its limits: it may not
    be that of all who are spoken of, and it may have changed since a code was stored.
    """
    return LIMITED[code](policy) if policy is not None and code in LIMITED else SENTENCES[code]


# Nudges that wait to leave count as well, and a limit may be 0: so no sentence says that the learner had one.
SENTENCES: dict[str, str | Promise] = {
    Code.ALLOWED: _("Can be sent."),
    Code.FINISHED_COURSE: _("Has finished the course."),
    Code.LEFT_COURSE: _("Has left the course."),
    Code.NO_CONSENT: _("Has not agreed to messages on this channel."),
    Code.NO_ADDRESS: _("We have no address for this channel."),
    Code.ADDRESS_NOT_VERIFIED: _("The address for this channel is not confirmed yet."),
    Code.BOUNCED: _("Messages to this address come back."),
    Code.OUTSIDE_WINDOW: _(
        "Has not written on WhatsApp in the last 24 hours: only a template that WhatsApp approved can be sent."
    ),
    Code.STOPPED: _("Automatic nudges are stopped for this learner."),
    Code.HANDED_OVER: _("Did not answer the last nudges on this goal: it is a person’s turn."),
    Code.NOT_ENOUGH_DATA: _("We know too little about this learner for an automatic nudge."),
    Code.GOAL_LIMIT: _("One more nudge on this goal would be too many."),
    Code.CAPPED_DAY: _("One more nudge would be too many for 24 hours."),
    Code.CAPPED_WEEK: _("One more nudge would be too many for 7 days."),
    Code.TOO_SOON: _("The last nudge, or the next, is too near."),
    Code.TEMPLATE_REPEAT: _("The same text would come again too soon."),
    Code.HOLDOUT: _("Gets none, by chance: in the group to compare with."),
    Code.QUIET_HOURS: _("It is quiet hours where this learner is: it leaves when they end."),
}
LIMITED: dict[str, Callable[[Policy], str | Promise]] = {
    Code.GOAL_LIMIT: lambda policy: format_lazy(
        _("One more nudge on this goal would be too many. The limit is {limit}."), limit=policy.max_per_goal
    ),
    Code.CAPPED_DAY: lambda policy: format_lazy(
        _("One more nudge would be too many for 24 hours. The limit is {limit}."), limit=policy.max_per_day
    ),
    Code.CAPPED_WEEK: lambda policy: format_lazy(
        _("One more nudge would be too many for 7 days. The limit is {limit}."), limit=policy.max_per_week
    ),
    Code.TOO_SOON: lambda policy: format_lazy(
        _("The last nudge, or the next, is too near. Between two there are at least {hours} hours."),
        hours=policy.min_gap_hours,
    ),
    Code.TEMPLATE_REPEAT: lambda policy: format_lazy(
        _("The same text would come again within {days} days."), days=policy.template_rest_days
    ),
}


def _course(contact: ContactFacts) -> Code | None:
    return {"finished": Code.FINISHED_COURSE, "left": Code.LEFT_COURSE}.get(contact.status)


def _reach(contact: ContactFacts, purpose: Purpose) -> Code | None:
    """Consent and address; and WhatsApp's own rule, by which free text only answers."""
    if not (contact.consent if contact.consent is not None else contact.channel in ALLOWED_BY_DEFAULT):
        return Code.NO_CONSENT
    if contact.channel in ADDRESS_OF:
        if not contact.address:
            return Code.NO_ADDRESS
        if not contact.address_is_verified:
            return Code.ADDRESS_NOT_VERIFIED
        if contact.has_bounced:
            return Code.BOUNCED
    if contact.channel == Channel.WHATSAPP and not (contact.wrote_lately or purpose.is_approved):
        return Code.OUTSIDE_WINDOW
    return None


def _automation(contact: ContactFacts, policy: Policy) -> Code | None:
    if contact.is_stopped:
        return Code.STOPPED
    if contact.unanswered_on_goal >= policy.unanswered_limit:
        return Code.HANDED_OVER
    if contact.inputs_known < policy.min_inputs_known:
        return Code.NOT_ENOUGH_DATA
    return None


def _frequency(contact: ContactFacts, policy: Policy, purpose: Purpose, now: datetime) -> Code | None:
    if purpose.goal and contact.nudged_on_goal >= policy.max_per_goal:
        return Code.GOAL_LIMIT
    if sum(at > now - DAY for at in contact.nudged_at) >= policy.max_per_day:
        return Code.CAPPED_DAY
    if sum(at > now - WEEK for at in contact.nudged_at) >= policy.max_per_week:
        return Code.CAPPED_WEEK
    if policy.min_gap_hours and any(at > now - policy.min_gap_hours * HOUR for at in contact.nudged_at):
        return Code.TOO_SOON
    return None
