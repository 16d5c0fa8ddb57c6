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
    "bad_address": _("The provider can’t write to this address."),
}


@dataclass(frozen=True)
class Message:
    """What leaves. `id` is the same at every try, so that a provider can recognise a message that it already has."""

    id: str
    to: str  # an email address or a phone number with its country code; empty for in-app
    text: str
    subject: str = ""
    sender_name: str = ""  # the person who signs
    reply_to: str = ""  # where answers reach that person


@dataclass(frozen=True)
class Receipt:
    """The provider took the message. `is_delivered` when handing over is arriving, as inside the product."""

    provider_message_id: str = ""
    is_delivered: bool = False


class ChannelError(Exception):
    """The message was not handed over. `code` is a key of SENTENCES; the sentence is for staff and names no learner."""

    def __init__(self, code: str, *, retrying_helps: bool) -> None:
        self.code = code
        self.sentence = SENTENCES[code]
        self.retrying_helps = retrying_helps
        super().__init__(f"{code}: {self.sentence}")


class Transport(Protocol):
    provider: str  # who carries the message, for the record

    def send(self, message: Message) -> Receipt:
        """Hand over one message. Raises ChannelError when that fails; anything else raised is a bug."""


def transport_for(channel: str) -> Transport:
    """Who carries this channel's messages, as settings.NUDGE_TRANSPORTS says: dotted paths to what makes one."""
    return import_string(settings.NUDGE_TRANSPORTS[channel])()
