"""The risk board, its export, and the runs behind it."""

from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from learners.requests import HtmxHttpRequest

from .board import Board
from .export import csv_lines
from .filters import BoardFilter, scope_of
from .models import ScoringRun

RUNS_SHOWN = 100


@require_safe
@vary_on_headers("HX-Request")
def board(request: HtmxHttpRequest) -> HttpResponse:
    shown = Board(request.GET, user=request.user, now=timezone.now())
    if not request.htmx:
        return render(request, "riskscoring/board.html", {"board": shown})
    context = {"board": shown, "scope_changed": scope_of(request.GET) != scope_of(_query_on_screen(request))}
    response = render(request, "riskscoring/_board_rows.html", context)
    response["HX-Push-Url"] = shown.here
    return response


def _query_on_screen(request: HtmxHttpRequest) -> QueryDict:
    return QueryDict(urlsplit(request.htmx.current_url or "").query)


@require_safe
def export(request: HtmxHttpRequest) -> StreamingHttpResponse:
    learners = BoardFilter(request.GET, user=request.user).qs
    return StreamingHttpResponse(
        csv_lines(learners),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="learners-{timezone.now():%Y-%m-%d}.csv"'},
    )


@require_safe
def runs(request: HtmxHttpRequest) -> HttpResponse:
    latest = ScoringRun.objects.select_related("started_by", "program")[:RUNS_SHOWN]
    return render(request, "riskscoring/runs.html", {"runs": latest})
