"""Segments: list, save what the board shows, change, count as one chooses, and delete."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from learners.requests import HtmxHttpRequest

from ..models import Segment
from .counting import Count, count_of
from .forms import SegmentNameForm
from .segment_pages import FilterFields, rows_of
from .segment_services import SegmentInUse, delete_segment, save_segment
from .segments import SegmentInvalid, query_of

editing = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def segment_list(request: HtmxHttpRequest) -> HttpResponse:
    segments = Segment.objects.select_related("owner").prefetch_related("campaigns")
    return render(request, "nudges/segments.html", {"rows": rows_of(list(segments), user=request.user)})


@editing
def new_segment(request: HtmxHttpRequest) -> HttpResponse:
    """The board sends its own address along: what it shows is the filter to begin with."""
    return _edit(request, None, request.GET.urlencode())


@editing
def segment(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Segment.objects.prefetch_related("campaigns"), pk=pk)
    return _edit(request, found, found.query)


@require_GET
def segment_count(request: HtmxHttpRequest) -> HttpResponse:
    """How many match the filter of the address, for the form while it is filled in and for each row of the list."""
    counted, problems = _count(request, request.GET)
    return render(request, "nudges/_segment_count.html", {"count": counted, "problems": problems})


@require_POST
def segment_delete(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Segment, pk=pk)
    try:
        delete_segment(found)
    except SegmentInUse as used:
        messages.error(
            request,
            _("“%(segment)s” stays: it is the audience of %(campaigns)s.")
            % {"segment": found.name, "campaigns": ", ".join(used.campaigns)},
        )
        return redirect("campaigns:segment", found.pk)
    messages.success(request, _("“%(segment)s” is deleted.") % {"segment": found.name})
    return redirect("campaigns:segments")


def _edit(request: HtmxHttpRequest, segment: Segment | None, query: str) -> HttpResponse:
    form = SegmentNameForm(request.POST or None, instance=segment)
    given = request.POST if form.is_bound else QueryDict(query)
    problems: list[str] = []
    if form.is_bound:
        try:
            kept = query_of(given, user=request.user)
        except SegmentInvalid as invalid:
            problems = invalid.problems
        else:
            if form.is_valid():
                save_segment(name=form.cleaned_data["name"], query=kept, by=request.user, segment=segment)
                messages.success(request, _("“%(segment)s” is saved.") % {"segment": form.cleaned_data["name"]})
                return redirect("campaigns:segments")
    counted, unreadable = _count(request, given)
    context = {
        "segment": segment,
        "form": form,
        "fields": FilterFields(_of_the_filter(given), user=request.user),
        "count": counted,
        "problems": problems or unreadable,
    }
    return render(request, "nudges/segment.html", context, status=422 if form.is_bound else 200)


def _of_the_filter(given: QueryDict) -> QueryDict:
    """What was posted beside the filter is no part of it."""
    only = given.copy()
    for name in ("name", "csrfmiddlewaretoken"):
        only.pop(name, None)
    return only


def _count(request: HtmxHttpRequest, given: QueryDict) -> tuple[Count | None, list[str]]:
    try:
        query = query_of(given, user=request.user)
        return count_of(query, user=request.user, now=timezone.now()), []
    except SegmentInvalid as invalid:
        return None, invalid.problems
