"""One learner, as a page and as the board's drawer, with what coordinators do there.

The fragment and the page share an address, and say so with `Vary`: one link works with JavaScript and without.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from learners.models import Learner
from learners.requests import HtmxHttpRequest
from learners.services import add_note, set_preference
from learners.zones import site_day
from nudges.answering.stops import lift, stop_by_hand, stops_of
from nudges.models import AutomationStop
from nudges.tasks.forms import RaiseForm
from nudges.tasks.rules import next_working_day
from nudges.tasks.services import raise_task

from .learner_forms import NoteForm, PreferenceForm
from .learner_page import LearnerPage


@require_safe
@vary_on_headers("HX-Request")
def show(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    return _answer(request, _learner(uid))


@require_POST
def write_note(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    learner, form = _learner(uid), NoteForm(request.POST)
    if not form.is_valid():
        return _answer(request, learner, note_form=form)
    add_note(learner=learner, author=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("The note is saved."))
    return _done(request, learner)


@require_POST
def record_preference(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    learner, form = _learner(uid), PreferenceForm(request.POST)
    if not form.is_valid():
        return _answer(request, learner, preference_form=form)
    set_preference(learner=learner, by=request.user, **form.values)
    messages.success(request, _("What %(name)s allows is recorded.") % {"name": learner.name})
    return _done(request, learner)


@require_POST
def hand_over(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    """A task about the learner for a person."""
    learner, form = _learner(uid), RaiseForm(request.POST)
    if not form.is_valid():
        return _answer(request, learner, raise_form=form)
    raise_task(
        learner=learner,
        cause=AutomationStop.Cause.BY_HAND,
        by=request.user,
        owner=form.cleaned_data["to"],
        due_on=form.cleaned_data["due_on"],
        note=form.cleaned_data["note"],
        now=timezone.now(),
    )
    messages.success(request, _("%(name)s is handed over.") % {"name": learner.name})
    return _done(request, learner)


@require_POST
def stop_or_go_on(request: HtmxHttpRequest, uid: str) -> HttpResponse:
    """Stop automatic nudges to this learner, or let them go on wherever they stopped."""
    learner, now = _learner(uid), timezone.now()
    if request.POST.get("automation") == "go_on":
        lift(stops_of(learner, now=now), by=request.user, now=now)
        messages.success(request, _("Automatic nudges to %(name)s may go on.") % {"name": learner.name})
    else:
        stop_by_hand(learner=learner, now=now)
        messages.success(request, _("No automatic nudges go to %(name)s any more.") % {"name": learner.name})
    return _done(request, learner)


def _learner(uid: str) -> Learner:
    learners = Learner.objects.select_related("program", "cohort", "owner", "risk", "facts")
    return get_object_or_404(learners.prefetch_related("preferences"), uid=uid.replace("\0", ""))


def _answer(request: HtmxHttpRequest, learner: Learner, **forms: Any) -> HttpResponse:
    """The learner as a page or, for HTMX, as a fragment; with forms that were refused, 422."""
    page = LearnerPage(learner, request.GET, user=request.user, now=timezone.now())
    shown: Mapping[str, Any] = {
        "note_form": NoteForm(),
        "preference_form": PreferenceForm(),
        "raise_form": RaiseForm(initial={"due_on": next_working_day(site_day(page.now))}),
    } | forms
    template = "engagement/_learner.html" if request.htmx else "engagement/learner.html"
    return render(request, template, {"page": page, **shown}, status=422 if forms else 200)


def _done(request: HtmxHttpRequest, learner: Learner) -> HttpResponse:
    """What was asked is stored: HTMX gets the learner as they are now, others are sent to the page."""
    if request.htmx:
        return _answer(request, _learner(learner.uid))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("learner", args=[learner.uid]) + (f"?{query}" if query else ""))
