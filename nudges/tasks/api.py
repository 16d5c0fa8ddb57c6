"""The API's door to tasks: for systems where calls are made and written down."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Self

from django.http import Http404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from ..models import AutomationStop, Task
from .listing import in_order
from .services import record_outcome

router = Router(tags=["Tasks"])

MOST = 200


class TasksQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    learner_id: str | None = Field(None, max_length=64)
    owner: str | None = Field(None, max_length=150, description="A username")
    closed: bool = Field(
        default=False, description="Closed ones, the latest first; else open ones, most pressing first"
    )
    limit: int = Field(50, ge=1, le=MOST)
    offset: int = Field(0, ge=0, le=1_000_000)


class TaskOut(Schema):
    task_id: uuid.UUID
    learner_id: str
    cause: AutomationStop.Cause
    goal: str = Field(description='What its messages asked for, for example "lesson:7"; may be empty')
    owner: str | None = Field(description="A username; null when nobody owns it yet")
    due_on: date
    tries: int
    outcome: str = Field(description="The latest: reached, voicemail, wrong_number, promised, no_reply; else empty")
    escalated_at: datetime | None
    created_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, task: Task, **more: Any) -> Self:
        return cls(
            task_id=task.uuid,
            learner_id=task.learner.uid,
            cause=AutomationStop.Cause(task.cause),
            goal=task.goal,
            owner=task.owner.username if task.owner else None,
            due_on=task.due_on,
            tries=task.tries,
            outcome=task.outcome,
            escalated_at=task.escalated_at,
            created_at=task.created_at,
            closed_at=task.closed_at,
            **more,
        )


class TasksOut(Schema):
    tasks: list[TaskOut]
    count: int = Field(description="Of all that match, on this page or not")


class OutcomeIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Annotated[Task.Outcome, Field(strict=False)]
    promised_on: Annotated[date | None, Field(strict=False, description="Needed for `promised`, today or later")] = None
    note: Annotated[str, Field(max_length=2000)] = ""
    tries: Annotated[
        int | None, Field(ge=0, le=30_000, description="As you last read it: then sending this twice counts one try")
    ] = None


class TriedOut(TaskOut):
    next_step: str = Field(description="What follows from the outcome, in words; empty for a try that is known already")


@router.get("/tasks", response=TasksOut, summary="Tasks for people")
def list_tasks(request: Any, query: Query[TasksQuery]) -> TasksOut:
    """Learners who were handed over to a person, and until when somebody should have reached them."""
    found = Task.objects.filter(closed_at__isnull=not query.closed)
    if query.learner_id is not None:
        found = found.filter(learner__uid=query.learner_id)
    if query.owner is not None:
        found = found.filter(owner__username=query.owner)
    ordered = found.order_by("-closed_at", "-id") if query.closed else in_order(found)
    shown = ordered.select_related("learner", "owner")[query.offset : query.offset + query.limit]
    return TasksOut(tasks=[TaskOut.of(task) for task in shown], count=found.count())


@router.post(
    "/tasks/{task_id}/outcome",
    response=TriedOut,
    summary="Say how a try went",
    openapi_extra={"responses": {409: {"$ref": "#/components/responses/Error409"}}},
)
def tell_outcome(request: Any, task_id: uuid.UUID, payload: OutcomeIn) -> TriedOut:
    """Writes the try down and takes the step that follows: due again, escalated, or closed. A closed task is a 409."""
    task = Task.objects.filter(uuid=task_id).first()
    if task is None:
        raise Http404("There is no task with this id.")
    step = record_outcome(task=task, by=request.auth.user, now=timezone.now(), **payload.dict())
    now_is = Task.objects.select_related("learner", "owner").get(pk=task.pk)
    return TriedOut.of(now_is, next_step=str(step.reason) if step else "")
