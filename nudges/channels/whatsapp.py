"""WhatsApp: by its Cloud API, or the provider at WHATSAPP_PROVIDER_URL; without either, shown on the console."""

from django.conf import settings

from .base import Transport
from .console import ConsoleTransport
from .http import HttpTransport
from .unconfigured import UnconfiguredTransport
from .whatsapp_cloud import WhatsAppCloudTransport


def whatsapp_transport() -> Transport:
    if settings.WHATSAPP_CLOUD_TOKEN:
        return WhatsAppCloudTransport(
            url=settings.WHATSAPP_CLOUD_URL,
            token=settings.WHATSAPP_CLOUD_TOKEN,
            phone_number_id=settings.WHATSAPP_CLOUD_PHONE_NUMBER_ID,
        )
    if settings.WHATSAPP_PROVIDER_URL:
        return HttpTransport(
            provider="whatsapp",
            url=settings.WHATSAPP_PROVIDER_URL,
            token=settings.WHATSAPP_PROVIDER_TOKEN,
            recognises_id=settings.WHATSAPP_PROVIDER_RECOGNISES_ID,
        )
    return UnconfiguredTransport() if settings.IS_PRODUCTION else ConsoleTransport("whatsapp")
