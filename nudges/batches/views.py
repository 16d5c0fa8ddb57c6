"""Messages to many once they are on their way: the list, and one of them, with what may still be done about it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from learners.requests import HtmxHttpRequest

from ..models import NudgeBatch
from ..rendering import show
from . import lifecycle, services
from .editor_views import batch_or_404, show_editor
from .listing import page_of_batches
from .naming import why_halted
from .previewing import count_sides
from .progress import planned_going, progress_of


@require_safe
def batch_list(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "nudges/batch_list.html", {"page": page_of_batches(request.GET)})


@require_safe
def batch(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = batch_or_404(uuid)
    if found.status == NudgeBatch.Status.DRAFT and found.campaign:
        return redirect("campaigns:campaign", found.campaign.uuid)
    if found.status == NudgeBatch.Status.DRAFT:
        return show_editor(request, found, count=count_sides)
    return show(request, "batch", {**on_its_way(found), "in_drawer": _is_in_drawer(request)})


def _posted(change: Callable[[NudgeBatch, HtmxHttpRequest], object]) -> Callable[[HtmxHttpRequest, UUID], HttpResponse]:
    """A view behind one button: does it, or says that it is too late, and shows where the batch stands."""

    @require_POST
    @wraps(change)
    def view(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
        found = batch_or_404(uuid)
        try:
            change(found, request)
        except services.TooLate as too_late:
            messages.warning(request, str(too_late.sentence))
        return redirect("nudges:batch", uuid)

    return view


@_posted
def batch_undo(found: NudgeBatch, request: HtmxHttpRequest) -> object:
    return services.undo(found)


@_posted
def batch_pause(found: NudgeBatch, request: HtmxHttpRequest) -> object:
    return services.pause(found)


@_posted
def batch_resume(found: NudgeBatch, request: HtmxHttpRequest) -> object:
    return services.resume(found)


@_posted
def batch_cancel(found: NudgeBatch, request: HtmxHttpRequest) -> object:
    return services.cancel(found, by=request.user)


def on_its_way(batch: NudgeBatch) -> dict[str, Any]:
    """What _batch_progress.html needs."""
    now = timezone.now()
    return {
        "batch": batch,
        "progress": progress_of(batch),
        "planned_going": planned_going(batch),
        "seconds_left": max(0, round((batch.starts_at - now).total_seconds())) if batch.starts_at else 0,
        "why_halted": why_halted(batch.halted_because),
        "may": {action.name for action in lifecycle.offered(batch.status, halted_because=batch.halted_because)},
    }


def _is_in_drawer(request: HtmxHttpRequest) -> bool:
    """A page of its own asks for itself; the drawer does so from another page."""
    return bool(request.htmx) and request.htmx.current_url_abs_path != request.path
