"""The page about the intake, and what can be done with messages that were set aside."""

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learners.requests import HtmxHttpRequest

from ..models import PoisonedMessage
from ..streaming.poison import settle, try_again
from .overview import overview


@require_safe
def show(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "activity/intake.html", {"intake": overview(now=timezone.now())})


@require_safe
def show_now(request: HtmxHttpRequest) -> HttpResponse:
    """The part that changes by itself."""
    return render(request, "activity/_intake.html", {"intake": overview(now=timezone.now())})


@require_POST
def try_message_again(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(PoisonedMessage, pk=pk)
    try:
        worked = try_again(message)
    except DatabaseError:
        messages.error(request, _("The database did not take it now. The message is as it was; try again later."))
    else:
        if worked:
            messages.success(request, _("The message was taken in, and is settled."))
        else:
            messages.error(request, _("It failed again: %(reason)s") % {"reason": message.reason})
    return redirect("ui:intake")


@require_POST
def settle_message(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    settle(get_object_or_404(PoisonedMessage, pk=pk))
    messages.success(request, _("The message is settled. It stays in the admin, and its statement is not stored."))
    return redirect("ui:intake")
