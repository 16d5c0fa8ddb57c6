"""/today: the queue, and the two things that are done from it besides nudging."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learners.models import Learner
from learners.requests import HtmxHttpRequest
from learners.whole_numbers import whole_number

from .page import Today
from .visits import put_back, put_off, set_capacity, visit

LATER = {"tomorrow": timedelta(days=1), "week": timedelta(days=7)}


@require_safe
def today(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    page = Today(
        user=request.user, visit=visit(request.user, now=now), now=now, everyone=request.GET.get("whose") == "all"
    )
    return render(request, "engagement/today.html", {"today": page})


@require_POST
def choose_capacity(request: HtmxHttpRequest) -> HttpResponse:
    try:
        set_capacity(request.user, whole_number(request.POST.get("capacity", "")) or 0)
    except ValueError:
        messages.error(request, _("Choose one of the numbers that are offered."))
    return _back(request)


@require_POST
def put_learner_off(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    """Done for today, or for a week; "back" takes it back."""
    learner = get_object_or_404(Learner, uid=uid)
    choice = request.POST.get("until", "")
    if choice == "back":
        put_back(learner)
        messages.success(request, _("%(name)s is in the queue again.") % {"name": learner.name})
    elif choice in LATER:
        now = timezone.now()
        put_off(learner, until=now.date() + LATER[choice], by=request.user, now=now)
        words = _("%(name)s is done for today.") if choice == "tomorrow" else _("%(name)s is put off for a week.")
        messages.success(request, words % {"name": learner.name})
    else:
        messages.error(request, _("Choose until when."))
    return _back(request)


def _back(request: HtmxHttpRequest) -> HttpResponse:
    response = redirect("today")
    if request.POST.get("whose") == "all":
        response["Location"] += "?whose=all"
    return response
