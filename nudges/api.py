"""What the API knows and does of one learner: their nudges, and what can be changed, sent or made for them."""

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from learners.models import Learner
from learners.services import update_learner
from riskscoring.api_schemas import LearnerChangeIn, LearnerOut

from .models import Nudge, Source

router = Router(tags=["Learners"])

NUDGES_SHOWN = 50


class NudgeOut(Schema):
    nudge_id: uuid.UUID
    channel: str
    type: str
    content: str = Field(description="As it went out; a draft's text keeps its placeholders")
    state: str
    reason: str = Field(description="Why it was not sent or failed: a stable code, else empty")
    gptFallback: bool = Field(description="A template wrote it")  # noqa: N815 (its public name)
    created_at: datetime
    sent_at: datetime | None


class LearnerDetailOut(LearnerOut):
    nudges: list[NudgeOut] = Field(description=f"The latest {NUDGES_SHOWN}")


def learner_with(learner_id: str) -> Learner:
    found = Learner.objects.with_uid(learner_id).select_related("program", "cohort", "owner", "risk").first()
    if found is None:
        raise Http404("There is no learner with this id.")
    return found


def nudge_out(nudge: Nudge) -> NudgeOut:
    return NudgeOut(
        nudge_id=nudge.uuid,
        channel=nudge.channel,
        type=nudge.type,
        content=nudge.content or nudge.body,
        state=nudge.state,
        reason=nudge.reason,
        gptFallback=nudge.source == Source.TEMPLATE,
        created_at=nudge.created_at,
        sent_at=nudge.sent_at,
    )


def detail_of(learner: Learner) -> LearnerDetailOut:
    latest = learner.nudges.order_by("-created_at", "-id")[:NUDGES_SHOWN]
    return LearnerDetailOut.of(learner, nudges=[nudge_out(nudge) for nudge in latest])


@router.get("/learners/{learner_id}", response=LearnerDetailOut)
def one_learner(request: Any, learner_id: str) -> LearnerDetailOut:
    return detail_of(learner_with(learner_id))


@router.patch("/learners/{learner_id}", response=LearnerDetailOut)
def change_learner(request: Any, learner_id: str, payload: LearnerChangeIn) -> LearnerDetailOut:
    """Changes what is given, and scores the learner again. Null clears a value."""
    learner = learner_with(learner_id)
    update_learner(learner=learner, values=payload.values(), by=request.auth.user, trigger="api")
    return detail_of(learner_with(learner_id))
