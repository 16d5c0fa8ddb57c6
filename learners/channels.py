"""The ways to reach a learner. Consent (here) and sending (in nudges) name them alike."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    IN_APP = "in-app", _("In-app")
    EMAIL = "email", _("Email")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")


# Which of a learner's addresses a channel writes to. Messages on the others stay inside the product: there is none to
# lack, or to prove.
ADDRESS_OF: Mapping[str, str] = {Channel.EMAIL: "email", Channel.SMS: "phone", Channel.WHATSAPP: "phone"}

# Consent that holds until the learner says otherwise: only for what stays inside the product.
ALLOWED_BY_DEFAULT = frozenset({Channel.IN_APP})


def channels_behind(field: str) -> list[str]:
    """The channels that write to the address in this field of a learner; none for any other field."""
    return [str(channel) for channel, address in ADDRESS_OF.items() if address == field]


def address_on(channel: str, *, email: str | None, phone: str) -> str:
    """Where a channel reaches a learner: an email address, a phone number, or nothing inside the product."""
    addresses = {"email": email or "", "phone": phone}
    return addresses[ADDRESS_OF[channel]] if channel in ADDRESS_OF else ""
