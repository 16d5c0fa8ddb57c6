"""SMS: by Twilio, or the provider at SMS_PROVIDER_URL; without either, shown on the console."""

from django.conf import settings
from django.urls import reverse

from .base import Transport
from .console import ConsoleTransport
from .http import HttpTransport
from .twilio import TwilioTransport
from .unconfigured import UnconfiguredTransport


def sms_transport() -> Transport:
    if settings.TWILIO_ACCOUNT_SID:
        return TwilioTransport(
            url=settings.TWILIO_URL,
            account_sid=settings.TWILIO_ACCOUNT_SID,
            auth_token=settings.TWILIO_AUTH_TOKEN,
            sender=settings.TWILIO_FROM,
            callback_url=settings.SITE_URL + reverse("hooks:twilio_status"),
        )
    if settings.SMS_PROVIDER_URL:
        return HttpTransport(
            provider="sms",
            url=settings.SMS_PROVIDER_URL,
            token=settings.SMS_PROVIDER_TOKEN,
            recognises_id=settings.SMS_PROVIDER_RECOGNISES_ID,
        )
    return UnconfiguredTransport() if settings.IS_PRODUCTION else ConsoleTransport("sms")
