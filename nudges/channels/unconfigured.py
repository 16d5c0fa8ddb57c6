"""In production a channel without a provider says so: it must not look as if it had sent."""

from .base import ChannelError, Message, Receipt


class UnconfiguredTransport:
    provider = "none"
    recognises_id = False

    def send(self, message: Message) -> Receipt:
        raise ChannelError("no_provider", retrying_helps=True)
