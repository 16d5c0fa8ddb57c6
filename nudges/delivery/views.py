"""The page about delivery, and what people decide there."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learners.channels import Channel
from learners.requests import HtmxHttpRequest

from ..models import Nudge
from . import channel_states, stuck
from .forms import RateForm
from .overview import overview


@require_safe
def show(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "nudges/delivery/delivery.html", {"delivery": overview(now=timezone.now())})


@require_safe
def show_now(request: HtmxHttpRequest) -> HttpResponse:
    """The part that changes by itself."""
    return render(request, "nudges/delivery/_delivery.html", {"delivery": overview(now=timezone.now())})


@require_POST
def pause(request: HtmxHttpRequest, channel: str) -> HttpResponse:
    return _set_paused(request, channel, is_paused=True)


@require_POST
def resume(request: HtmxHttpRequest, channel: str) -> HttpResponse:
    return _set_paused(request, channel, is_paused=False)


@require_POST
def try_now(request: HtmxHttpRequest, channel: str) -> HttpResponse:
    known = _known(channel)
    channel_states.try_now(known)
    messages.success(request, _("%(channel)s: the next message is tried now.") % {"channel": known.label})
    return redirect("delivery:show")


@require_POST
def set_rate(request: HtmxHttpRequest, channel: str) -> HttpResponse:
    known = _known(channel)
    form = RateForm(request.POST)
    if form.is_valid():
        channel_states.set_by_hand(known, by=request.user, per_second=form.cleaned_data["per_second"])
        messages.success(request, _("%(channel)s: the limit is set.") % {"channel": known.label})
    else:
        messages.error(request, _("A limit is a number above 0, or nothing for no limit. It stays as it was."))
    return redirect("delivery:show")


@require_POST
def it_arrived(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    if stuck.it_arrived(get_object_or_404(Nudge, uuid=uuid), by=request.user):
        messages.success(request, _("Noted: it arrived."))
    else:
        messages.info(request, _("Somebody else has decided on it already."))
    return redirect("delivery:show")


@require_POST
def send_again(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    if stuck.send_again(get_object_or_404(Nudge, uuid=uuid), by=request.user):
        messages.success(request, _("Queued again: it leaves if the gate still lets it."))
    else:
        messages.info(request, _("Somebody else has decided on it already."))
    return redirect("delivery:show")


def _set_paused(request: HtmxHttpRequest, channel: str, *, is_paused: bool) -> HttpResponse:
    known = _known(channel)
    channel_states.set_by_hand(known, by=request.user, is_paused=is_paused)
    said = _("%(channel)s is paused. Its messages wait.") if is_paused else _("%(channel)s sends again.")
    messages.success(request, said % {"channel": known.label})
    return redirect("delivery:show")


def _known(channel: str) -> Channel:
    try:
        return Channel(channel)
    except ValueError as error:
        raise Http404(f"There is no channel {channel!r}.") from error
