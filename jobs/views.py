"""The page about jobs, for those who run the site."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .overview import overview
from .tasks import queue_job


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/jobs.html", {"found": overview(now=timezone.now())})


@require_safe
def show_now(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself."""
    return render(request, "jobs/_jobs.html", {"found": overview(now=timezone.now())})


@require_POST
def run_now(request: HttpRequest, name: str) -> HttpResponse:
    job = settings.SCHEDULE.get(name)
    if job is None:
        raise Http404
    with transaction.atomic():
        queued = queue_job(name)
    if queued:
        messages.success(request, _("“%(job)s” is queued; a worker begins in a moment.") % {"job": job.title})
    else:
        messages.info(request, _("“%(job)s” is under way already.") % {"job": job.title})
    return redirect("jobs:overview")
