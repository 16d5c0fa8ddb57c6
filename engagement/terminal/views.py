"""The terminal as a page, and an answer as CSV."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.requests import HtmxHttpRequest

from .connection import SECONDS
from .page import HEIGHT, WIDTH, bars_of, csv_lines, fields_of, grouped, printed_rows
from .running import ROW_LIMIT, QueryRefused, query_named, run_query

NOT_PARAMETERS = frozenset({"query", "format"})


@require_safe
def terminal(request: HtmxHttpRequest) -> HttpResponse:
    """The list of questions; with `query`, its answer; with `format=csv`, that alone. A refusal is a 400."""
    given = {name: str(value) for name, value in request.GET.items() if name not in NOT_PARAMETERS}
    context = {"groups": grouped(), "row_limit": ROW_LIMIT, "seconds": SECONDS, "width": WIDTH, "height": HEIGHT}
    if "query" not in request.GET and not given:
        return render(request, "engagement/terminal.html", context)
    try:
        query = query_named(request.GET.get("query", ""))
        context |= {"query": query, "fields": fields_of(query, given)}
        answer = run_query(query.name, given, now=timezone.now())
    except QueryRefused as refusal:
        return render(request, "engagement/terminal.html", context | {"refusal": str(refusal)}, status=400)
    if request.GET.get("format") == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{query.name}-{timezone.now():%Y-%m-%d}.csv"'}
        content = "\ufeff" + "".join(csv_lines(answer))  # the mark by which spreadsheets know UTF-8
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
    context |= {"answer": answer, "rows": printed_rows(answer), "bars": bars_of(answer)}
    return render(request, "engagement/terminal.html", context)
