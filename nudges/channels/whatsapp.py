"""WhatsApp: through the provider at WHATSAPP_PROVIDER_URL; without one, shown on the console."""

from django.conf import settings

from .base import Transport
from .console import ConsoleTransport
from .http import HttpTransport
from .unconfigured import UnconfiguredTransport


def whatsapp_transport() -> Transport:
    if settings.WHATSAPP_PROVIDER_URL:
        return HttpTransport(
            provider="whatsapp", url=settings.WHATSAPP_PROVIDER_URL, token=settings.WHATSAPP_PROVIDER_TOKEN
        )
    return UnconfiguredTransport() if settings.IS_PRODUCTION else ConsoleTransport("whatsapp")
