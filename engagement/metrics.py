"""/metrics for Prometheus: for operations who are logged in, or whoever has METRICS_TOKEN."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from activity.intake.metrics import IntakeCollector
from jobs.metrics import JobsCollector
from nudges.delivery.metrics import DeliveryCollector

_registry = CollectorRegistry(auto_describe=False)
_registry.register(IntakeCollector())
_registry.register(JobsCollector())
_registry.register(DeliveryCollector())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(_registry), content_type=content_type)


def has_metrics_token(request: HttpRequest) -> bool:
    """Whether the caller is Prometheus, which has no session."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and kind.lower() == "bearer" and hmac.compare_digest(token.encode(), expected.encode())
