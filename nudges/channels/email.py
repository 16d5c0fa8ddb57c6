"""Email: by the service that EMAIL_ESP names, else by Django's mail, which is SMTP wherever letters really leave."""

from django.conf import settings

from . import esp, smtp
from .base import ChannelError, Message, Receipt
from .letter import compose, message_id

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class EmailTransport:
    recognises_id = False

    @property
    def provider(self) -> str:
        return settings.EMAIL_ESP or "email"

    def send(self, message: Message) -> Receipt:
        try:
            letter = compose(message)
            if settings.EMAIL_ESP:
                if settings.EMAIL_ESP_HANDS_BACK:  # then its reports name our message
                    letter.metadata = {"nudge": message.id}  # type: ignore[attr-defined]
                return Receipt(provider_message_id=esp.send(letter))
            if settings.EMAIL_BACKEND == SMTP_BACKEND:
                smtp.send(letter)
            elif not letter.send():  # to nobody: an address that was taken away meanwhile. Django says nothing of it
                raise ChannelError("bad_address", retrying_helps=False)
        except ValueError as error:  # what Django says to an address that no header can hold
            raise ChannelError("bad_address", retrying_helps=False) from error
        return Receipt(provider_message_id=message_id(message))
