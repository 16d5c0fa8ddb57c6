"""Is the process up, and can it do its work?"""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone


def health(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that a slow database does not get it restarted."""
    return JsonResponse({"status": "ok", "time": timezone.now().isoformat()})


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too; otherwise Django's error page, with 500, tells the load balancer to look elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ready"})
