"""Access keys for tools that speak xAPI: made, revoked, and what was refused to them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .access_keys import create_access_key, revoke_access_key, seed_access_key
from .key_forms import AccessKeyForm
from .models import AccessKey, Refusal

REFUSALS_SHOWN = 50
REFUSALS_COUNTED = timedelta(days=7)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def access_keys(request: HttpRequest) -> HttpResponse:
    """The keys, and a form for one more. The answer to a post is the only one that ever holds the secret."""
    form = AccessKeyForm(request.POST if request.method == "POST" else None)
    made: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        key, secret = create_access_key(**form.cleaned_data, by=request.user)
        made, form = {"key": key, "secret": secret}, AccessKeyForm()
    seed_access_key()
    chosen = AccessKey.objects.filter(username=request.GET["key"]).first() if "key" in request.GET else None
    refusals = Refusal.objects.select_related("key")
    context = {
        "form": form,
        "made": made,
        "keys": _keys(),
        "chosen": chosen,
        "refusals": (refusals.filter(key=chosen) if chosen else refusals)[:REFUSALS_SHOWN],
        "endpoint": settings.SITE_URL + reverse("xapi:statements").removesuffix("statements"),
    }
    return render(request, "activity/access_keys.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(AccessKey, pk=key_id)
    revoke_access_key(key)
    messages.success(request, _("%(name)s is revoked: from now on it opens nothing.") % {"name": key.name})
    return redirect("ui:access_keys")


def _keys() -> list[AccessKey]:
    """Those in use first, each with how many of its calls were refused of late."""
    keys = list(AccessKey.objects.select_related("created_by").order_by("-created_at", "-pk"))
    since = timezone.now() - REFUSALS_COUNTED
    counts = dict(Refusal.objects.filter(at__gte=since).values_list("key").order_by().annotate(Count("pk")))
    for key in keys:
        key.refused = counts.get(key.pk, 0)  # type: ignore[attr-defined]  # for the page alone
    return sorted(keys, key=lambda key: key.revoked_at is not None)
