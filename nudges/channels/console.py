"""The provider of a machine without one: shows the message where the server prints its log."""

import sys

from .base import Message, Receipt


class ConsoleTransport:
    recognises_id = False

    def __init__(self, channel: str) -> None:
        self.provider = f"{channel}-console"

    def send(self, message: Message) -> Receipt:
        sys.stdout.write(f"--- {self.provider} to {message.to} ({message.id})\n{message.text}\n---\n")
        sys.stdout.flush()
        return Receipt(provider_message_id=message.id)
