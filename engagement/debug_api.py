"""What staff look into when a tool's statements do not arrive as they should. For people: no key opens it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from activity.facts.meaning import Meaning
from activity.models import Event, Statement, Unfolded
from activity.store.positions import stored_at

from .api_errors import ApiError
from .terminal.running import QueryRefused, UnknownQuery, run_query

router = Router(tags=["Debug"])

SHOWN = 20


class QueryOut(Schema):
    name: str
    parameters: dict[str, str] = Field(description="As they were used, defaults included")
    columns: list[str]
    rows: list[list[str | int | float | bool | None]]
    is_cut: bool = Field(description="There were more rows")


class StatementOut(Schema):
    id: UUID
    stored: datetime
    version: str
    sender: str | None = Field(description="The name of its access key")
    is_waiting: bool = Field(description="It has not been read into an event yet")
    statement: dict[str, Any] = Field(description="As it was received")


class RecentCompletionOut(Schema):
    stored: datetime
    occurred_at: datetime
    learner: str = Field(description="Their id")
    verb: str
    lesson: str | None
    object_id: str
    mark: float | None


class RecentCompletionsOut(Schema):
    completions: list[RecentCompletionOut]


@router.get("/query", response=QueryOut, summary="Ask one of the terminal's queries")
def debug_query(request: Any, name: str) -> QueryOut:
    """The queries and their parameters stand at /ui/db-terminal. Parameters go beside `name` in the address."""
    given = {field: value for field, value in request.GET.items() if field != "name"}
    try:
        answer = run_query(name, given, now=timezone.now())
    except UnknownQuery as error:
        raise Http404(str(error)) from error
    except QueryRefused as error:
        raise ApiError(400, "query_refused", str(error)) from error
    return QueryOut(
        name=name,
        parameters=dict(answer.given),
        columns=answer.columns,
        rows=[list(row) for row in answer.rows],
        is_cut=answer.is_cut,
    )


@router.get("/last-statement", response=StatementOut, summary="The statement stored last")
def last_statement(request: Any) -> StatementOut:
    found = Statement.objects.select_related("key").first()
    if found is None:
        raise Http404("No statement has been stored yet.")
    return StatementOut(
        id=found.statement_id,
        stored=stored_at(found.position),
        version=found.version,
        sender=found.key.name if found.key else None,
        is_waiting=Unfolded.objects.filter(position=found.position).exists(),
        statement=json.loads(found.raw),
    )


@router.get("/recent-completions", response=RecentCompletionsOut, summary="The completions stored last")
def recent_completions(request: Any) -> RecentCompletionsOut:
    events = Event.objects.filter(meaning=Meaning.COMPLETED).select_related("learner", "lesson")
    return RecentCompletionsOut(
        completions=[
            RecentCompletionOut(
                stored=stored_at(event.position),
                occurred_at=event.occurred_at,
                learner=event.learner.uid,
                verb=event.verb,
                lesson=event.lesson.title if event.lesson else None,
                object_id=event.object_id,
                mark=None if event.mark is None else float(event.mark),
            )
            for event in events.order_by("-position")[:SHOWN]
        ]
    )


@router.get("/raw-json/{statement_id}", response=dict[str, Any], summary="A statement exactly as it was received")
def raw_json(request: Any, statement_id: UUID) -> HttpResponse:
    raw = Statement.objects.filter(statement_id=statement_id).values_list("raw", flat=True).first()
    if raw is None:
        raise Http404("No statement with this id has been stored.")
    return HttpResponse(raw, content_type="application/json")
