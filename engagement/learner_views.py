"""One learner, as a page and as the board's drawer, with the two forms that coordinators fill in there.

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


def _learner(uid: str) -> Learner:
    learners = Learner.objects.select_related("program", "cohort", "owner", "risk", "facts")
    return get_object_or_404(learners.prefetch_related("preferences"), uid=uid.replace("\0", ""))


def _answer(request: HtmxHttpRequest, learner: Learner, **forms: Any) -> HttpResponse:
    """The learner as a page or, for HTMX, as a fragment; with forms that were refused, 422."""
    page = LearnerPage(learner, request.GET, user=request.user, now=timezone.now())
    shown: Mapping[str, Any] = {"note_form": NoteForm(), "preference_form": PreferenceForm()} | forms
    template = "engagement/_learner.html" if request.htmx else "engagement/learner.html"
    return render(request, template, {"page": page, **shown}, status=422 if forms else 200)


def _done(request: HtmxHttpRequest, learner: Learner) -> HttpResponse:
    """What was asked is stored: HTMX gets the learner as they are now, others are sent to the page."""
    if request.htmx:
        return _answer(request, _learner(learner.uid))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("learner", args=[learner.uid]) + (f"?{query}" if query else ""))
