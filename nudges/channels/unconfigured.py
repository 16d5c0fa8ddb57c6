"""In production a channel without a provider says so: it must not look as if it had sent."""

from django.utils.translation import gettext_lazy as _

from .base import ChannelError, Message, Receipt


class UnconfiguredTransport:
    provider = "none"

    def send(self, message: Message) -> Receipt:
        raise ChannelError("no_provider", _("No provider is set up for this channel."), retrying_helps=True)
