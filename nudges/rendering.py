"""A page and its fragment behind one address: the drawer asks with HX-Request, and gets the fragment alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from learners.requests import HtmxHttpRequest


def show(request: HtmxHttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render templates/nudges/<page>.html, or the _<page>.html that it includes."""
    template = f"nudges/_{page}.html" if request.htmx else f"nudges/{page}.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


View = Callable[[HtmxHttpRequest, UUID], HttpResponse]


def posted_from(page: str) -> Callable[[View], View]:
    """For a view that shows a form again at the address where it was posted.

    Who then reloads that address, or changes the language there, is led to the form's own page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
            return view(request, uuid) if request.method == "POST" else redirect(page, uuid)

        return require_http_methods(["GET", "HEAD", "POST"])(posted)

    return decorate
