"""The contract of every way out: one method, which hands a message over or says why not and whether retrying helps."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

# Why a message was not taken. A code is stored with the nudge, so it never changes its meaning.
SENTENCES: dict[str, str | Promise] = {
    "provider_busy": _("The provider asked to try again later."),
    "provider_timeout": _("The provider did not answer in time."),
    "provider_unreachable": _("The provider could not be reached."),
    "provider_unclear": _(
        "The provider’s answer was lost or made no sense: nobody knows whether the message went out."
    ),
    "no_provider": _("No provider is set up for this channel."),
    "refused": _("The provider refused the message."),
    "provider_setup": _("The provider does not let us in: its keys or permissions have to be put right."),
    "bad_address": _("The provider can’t write to this address."),
    "bad_template": _("WhatsApp does not take this template: it is not approved there, or its variables do not fit."),
    "outside_window": _(
        "The learner has not written within 24 hours: only a template that WhatsApp approved can be sent."
    ),
    "unsubscribed": _("The learner has told the provider to stop messages."),
    # What a provider says later, of a message that it took.
    "undelivered": _("The provider took the message, and could not deliver it."),
}


@dataclass(frozen=True)
class ApprovedTemplate:
    """What WhatsApp takes from those who write first: its name, and the values of its variables, in order."""

    name: str
    language: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """What leaves. `id` is the same at every try, so that a provider can recognise a message that it already has."""

    id: str
    to: str  # an email address or a phone number with its country code; empty for in-app
    text: str
    subject: str = ""
    sender_name: str = ""  # the person who signs
    reply_to: str = ""  # where answers reach that person
    language: str = "en"
    link: str = ""  # the signed address that stands in `text` where the learner continues
    answer_url: str = ""  # the learner's page about this message
    unsubscribe_url: str = ""  # takes RFC 8058's one click
    seen_url: str = ""  # of the picture that tells that an email was opened
    is_automatic: bool = False  # chosen by a rule: mailboxes are told, so that none answers by itself
    template: ApprovedTemplate | None = None  # outside WhatsApp's 24 hours this is sent, and not `text`


@dataclass(frozen=True)
class Receipt:
    """The provider took the message. `is_delivered` when handing over is arriving, as inside the product."""

    provider_message_id: str = ""
    is_delivered: bool = False


class ChannelError(Exception):
    """The message was not handed over, or nobody knows. `code` is a key of SENTENCES; the sentence is for staff and
    names no learner.

    `may_have_arrived` where the provider may have taken it: then only one that recognises `Message.id` is asked again.
    `retry_after` is how many seconds the provider wants to be left alone, if it says.
    """

    def __init__(
        self, code: str, *, retrying_helps: bool, may_have_arrived: bool = False, retry_after: float | None = None
    ) -> None:
        self.code = code
        self.sentence = SENTENCES[code]
        self.retrying_helps = retrying_helps
        self.may_have_arrived = may_have_arrived
        self.retry_after = retry_after
        super().__init__(f"{code}: {self.sentence}")


class Transport(Protocol):
    provider: str  # who carries the message, for the record
    recognises_id: bool  # the same Message.id twice is one message: it may be sent again when nobody knows

    def send(self, message: Message) -> Receipt:
        """Hand over one message. Raises ChannelError when that fails; anything else raised is a bug."""


def transport_for(channel: str) -> Transport:
    """Who carries this channel's messages, as settings.NUDGE_TRANSPORTS says: dotted paths to what makes one."""
    return import_string(settings.NUDGE_TRANSPORTS[channel])()
