"""The contract of every way out: one method, which hands a message over or says why not and whether retrying helps."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string


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
    """The message was not handed over. `code` is stable and stored; the sentence is for staff and names no learner."""

    def __init__(self, code: str, sentence: str | Promise, *, retrying_helps: bool) -> None:
        super().__init__(str(sentence))
        self.code = code
        self.sentence = sentence
        self.retrying_helps = retrying_helps


class Transport(Protocol):
    provider: str  # who carries the message, for the record

    def send(self, message: Message) -> Receipt:
        """Hand over one message. Raises ChannelError when that fails; anything else raised is a bug."""


def transport_for(channel: str) -> Transport:
    """Who carries this channel's messages, as settings.NUDGE_TRANSPORTS says: dotted paths to what makes one."""
    return import_string(settings.NUDGE_TRANSPORTS[channel])()
