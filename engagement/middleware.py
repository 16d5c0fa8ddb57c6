"""What every request passes: no text that a database can't hold, no page that the table in permissions.py keeps shut.

On the way back, whatever goes wrong under /api/ is JSON.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from .api_errors import ApiError, error_response, plain_problem
from .api_parsing import read_json
from .context import places_of
from .metrics import has_metrics_token
from .permissions import may_open, roles_for


class ErrorShapeMiddleware:
    """Under /api/ every error is JSON, also what Django itself says of an unknown address or a bug, in DEBUG too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith("/api/"):
            return response
        if response.get("Content-Type", "").startswith("application/json"):
            return response
        response.content = error_response(plain_problem(response.status_code)).content
        response["Content-Type"] = "application/json"
        response["Content-Length"] = str(len(response.content))
        return response


class StorableTextMiddleware:
    """Stops what no database can hold, where nobody else looks: NUL in an address, and the bodies that allauth reads.

    Forms refuse it themselves, and so does the API's parser; allauth's JSON views would break on half a character or
    on brackets without end.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character")
        if request.path_info.startswith("/_allauth/") and request.body:
            try:
                if not isinstance(read_json(request.body), dict):
                    raise ApiError(400, "malformed_json", "The body is no JSON object.")
            except ApiError as error:  # in allauth's own shape
                problem = {"code": error.code, "message": error.message}
                return JsonResponse({"status": error.status, "errors": [problem]}, status=error.status)
        return self.get_response(request)


class AccessMiddleware:
    """Every page is opened by the table in permissions.py, or not at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        route = request.resolver_match.route
        if route.startswith("api/") and roles_for(route, request.method) is not None:
            return None  # it knows callers that have no session, and asks the table itself: see api_auth.py
        if route == "metrics" and request.headers.get("Authorization"):  # Prometheus could read no login form
            return None if has_metrics_token(request) else HttpResponse("This is not METRICS_TOKEN.\n", status=401)
        if may_open(request.user, route, request.method):
            return None
        if request.user.is_authenticated:
            if route == "" and (places := places_of(request)):
                return redirect(places[0].url)  # everybody logs in to the start, and ops have theirs elsewhere
            raise PermissionDenied
        if request.htmx:  # a fragment can't show a login form: send the whole page there, and back afterwards
            page = request.htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(f"{resolve_url('account_login')}?{urlencode({'next': page})}")
        return redirect_to_login(_page_to_return_to(request))


def _page_to_return_to(request: HttpRequest) -> str:
    """Where somebody goes on after logging in: what they asked for, or for a posted form the page that it stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    form_page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(form_page, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(form_page)
        if parts.path != request.path:  # a form that came back with its errors: nothing can be got there
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "/"
