"""The door: every page is opened by the table in permissions.py, or not at all."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from .permissions import may_open


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        route = request.resolver_match.route
        if route.startswith("api/"):
            return None  # answers with JSON, and knows callers that have no session: it asks the table itself
        if may_open(request.user, route):
            return None
        if request.user.is_authenticated:
            raise PermissionDenied
        if request.htmx:  # a fragment can't show a login form: send the whole page there
            return HttpResponseClientRedirect(resolve_url("account_login"))
        return redirect_to_login(request.get_full_path())
