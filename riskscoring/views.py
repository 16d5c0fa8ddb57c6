"""The risk board, its export, and the runs behind it."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from learners.requests import HtmxHttpRequest

from .board import Board
from .export import csv_lines
from .filters import BoardFilter, scope_of
from .models import ScoringRun
from .overview import latest_run
from .version import scores_version

RUNS_SHOWN = 100


@require_safe
@vary_on_headers("HX-Request")
def board(request: HtmxHttpRequest) -> HttpResponse:
    version = scores_version()  # before the rows: a change between the two is then seen as one
    shown = Board(request.GET, user=request.user, now=timezone.now())
    if not request.htmx:
        return render(request, "riskscoring/board.html", {"board": shown, "version": version})
    context = {"board": shown, "scope_changed": scope_of(request.GET) != scope_of(_query_on_screen(request))}
    response = render(request, "riskscoring/_board_rows.html", context)
    if request.htmx.current_url_abs_path != shown.here:  # the list that is there already is no step to go back from
        response["HX-Push-Url"] = shown.here
    return response


@require_safe
def rows(request: HtmxHttpRequest) -> HttpResponse:
    """The board's list and its numbers as they are now, for a board that is open. No step in the browser's history."""
    shown = Board(request.GET, user=request.user, now=timezone.now())
    return render(request, "riskscoring/_board_live.html", {"board": shown})


@require_safe
def version(request: HtmxHttpRequest) -> HttpResponse:
    """What open boards ask for twice a second: a number, from one row, without a look at who asks."""
    return HttpResponse(scores_version(), content_type="text/plain", headers={"Cache-Control": "no-store"})


def _query_on_screen(request: HtmxHttpRequest) -> QueryDict:
    return QueryDict(urlsplit(request.htmx.current_url or "").query)


@require_safe
def export(request: HtmxHttpRequest) -> HttpResponseBase:
    wanted = BoardFilter(request.GET, user=request.user)
    if not wanted.is_valid():  # without the filter that can't be read, more learners would leave than were meant
        messages.error(request, _("Nothing was exported: part of the address could not be read."))
        return redirect(f"{reverse('riskscoring:board')}?{request.GET.urlencode()}")
    return StreamingHttpResponse(
        csv_lines(wanted.qs, run=latest_run()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="learners-{timezone.now():%Y-%m-%d}.csv"'},
    )


@require_safe
def runs(request: HtmxHttpRequest) -> HttpResponse:
    latest = ScoringRun.objects.select_related("started_by", "program")[:RUNS_SHOWN]
    return render(request, "riskscoring/runs.html", {"runs": latest})
