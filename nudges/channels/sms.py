"""SMS: through the provider at SMS_PROVIDER_URL; without one, shown on the console."""

from django.conf import settings

from .base import Transport
from .console import ConsoleTransport
from .http import HttpTransport
from .unconfigured import UnconfiguredTransport


def sms_transport() -> Transport:
    if settings.SMS_PROVIDER_URL:
        return HttpTransport(provider="sms", url=settings.SMS_PROVIDER_URL, token=settings.SMS_PROVIDER_TOKEN)
    return UnconfiguredTransport() if settings.IS_PRODUCTION else ConsoleTransport("sms")
