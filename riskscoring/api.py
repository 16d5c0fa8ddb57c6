"""The API's list of learners with their risk, and its door for new ones."""

from typing import Any

from ninja import Router, Status

from learners.services import create_learner

from .api_schemas import LearnerOut, NewLearnerIn

router = Router(tags=["Learners"])


@router.post("/learners", response={201: LearnerOut})
def add_learner(request: Any, payload: NewLearnerIn) -> Any:
    """A new learner, scored at once. An id or email that another learner has is a 400."""
    learner = create_learner(values=payload.values(), by=request.auth.user, trigger="api")
    return Status(201, LearnerOut.of(learner))
