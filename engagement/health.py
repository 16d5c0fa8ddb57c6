"""Is the process up, and can it do its work?"""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

logger = logging.getLogger(__name__)


def health(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that a slow database does not get it restarted."""
    return JsonResponse({"status": "ok", "time": timezone.now().isoformat()})


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too; else 503, and the load balancer looks elsewhere until it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "unavailable", "problem": "database"}, status=503)
    return JsonResponse({"status": "ready"})
