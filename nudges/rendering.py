"""A page and its fragment behind one address: the drawer asks with HX-Request, and gets the fragment alone."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from learners.requests import HtmxHttpRequest


def show(request: HtmxHttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render templates/nudges/<page>.html, or the _<page>.html that it includes."""
    template = f"nudges/_{page}.html" if request.htmx else f"nudges/{page}.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
