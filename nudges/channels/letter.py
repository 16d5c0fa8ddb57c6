"""A message as a letter: plain text beside HTML, signed by the coordinator, answered to the coordinator, and left by
one click (RFC 8058).
"""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from .base import Message


def compose(message: Message) -> EmailMultiAlternatives:
    """Raises ValueError for an address or a header that no letter can hold, at the latest when it is sent."""
    site_name, site_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    words = {"message": message, "subject": _one_line(message.subject), "site_name": site_name}
    with translation.override(message.language):
        text = render_to_string("nudges/email/letter.txt", words).strip() + "\n"
        html = render_to_string("nudges/email/letter.html", words)
    letter = EmailMultiAlternatives(
        subject=_one_line(message.subject),
        body=text,
        from_email=formataddr((_one_line(message.sender_name) or site_name, site_address)),
        to=[message.to],
        reply_to=[_one_line(message.reply_to)] if message.reply_to else None,
        headers=_headers(message, site_name, site_address),
    )
    letter.attach_alternative(html, "text/html")
    return letter


def message_id(message: Message) -> str:
    """The same at every try: mail readers show a letter once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return f"<{message.id}@{domain or 'localhost'}>"


def _headers(message: Message, site_name: str, site_address: str) -> dict[str, str]:
    headers = {"Message-ID": message_id(message)}
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        headers["List-Id"] = f"<nudges.{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"
    if message.is_automatic:
        headers["Auto-Submitted"] = "auto-generated"
    return headers


def _one_line(text: str) -> str:
    """A header is one line: a name or subject with a line break must not become a second header."""
    return " ".join(text.split())
