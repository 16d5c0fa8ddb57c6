"""Email by Django's mail: signed by the coordinator, and answered to the coordinator."""

import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from .base import ChannelError, Message, Receipt


class EmailTransport:
    provider = "email"
    recognises_id = False

    def send(self, message: Message) -> Receipt:
        site_name, site_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        message_id = f"<{message.id}@{site_address.partition('@')[2] or 'localhost'}>"
        email = EmailMessage(
            subject=_one_line(message.subject),
            body=message.text,
            from_email=formataddr((_one_line(message.sender_name) or site_name, site_address)),
            to=[message.to],
            reply_to=[_one_line(message.reply_to)] if message.reply_to else None,
            headers={"Message-ID": message_id},  # the same at every try: mail readers show it once
        )
        try:
            letters = email.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise _refused(is_temporary=all(400 <= code < 500 for code in codes)) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(is_temporary=400 <= error.smtp_code < 500) from error
        except smtplib.SMTPServerDisconnected as error:  # perhaps after the letter was taken
            raise ChannelError("provider_unclear", retrying_helps=False) from error
        except (smtplib.SMTPException, OSError) as error:  # no connection
            raise ChannelError("provider_unreachable", retrying_helps=True) from error
        except ValueError as error:  # what Django says to an address that no header can hold
            raise ChannelError("bad_address", retrying_helps=False) from error
        if not letters:  # an address that was taken away while the nudge was on its way: Django sends nothing, silently
            raise ChannelError("bad_address", retrying_helps=False)
        return Receipt(provider_message_id=message_id)


def _refused(*, is_temporary: bool) -> ChannelError:
    if is_temporary:
        return ChannelError("provider_busy", retrying_helps=True)
    return ChannelError("refused", retrying_helps=False)


def _one_line(text: str) -> str:
    """A header is one line: a name or subject with a line break must not become a second header."""
    return " ".join(text.split())
