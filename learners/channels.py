"""The ways to reach a learner. Consent (here) and sending (in nudges) name them alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    IN_APP = "in-app", _("In-app")
    EMAIL = "email", _("Email")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")


# Consent that holds until the learner says otherwise: only for what stays inside the product.
ALLOWED_BY_DEFAULT = frozenset({Channel.IN_APP})
