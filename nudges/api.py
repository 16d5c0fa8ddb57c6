"""What the API knows and does of one learner: their nudges, and what can be changed, sent or made for them."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Router, Status

from learners.models import Learner
from learners.services import update_learner
from riskscoring.api_schemas import LearnerChangeIn
from riskscoring.explained import risk_of
from riskscoring.overview import latest_run

from .api_schemas import LearnerDetailOut, NudgeIn, QuizIn, QuizOut, SentNudgeOut, SimulationIn, SimulationOut
from .models import Nudge
from .quizzes import generate_quiz
from .services import send_nudge
from .simulate import run_simulation
from .states import COUNTED
from .suggestion import suggest_type

router = Router(tags=["Learners"])

MAY_BE_STOPPED = {"responses": {409: {"$ref": "#/components/responses/Error409"}}}


class NotSent(Exception):  # noqa: N818 (reads as what happened)
    """The gate or the channel stopped this nudge; its reason says why."""

    def __init__(self, nudge: Nudge) -> None:
        self.nudge = nudge
        super().__init__(nudge.reason)


def learner_with(learner_id: str) -> Learner:
    found = Learner.objects.filter(uid=learner_id).select_related("program", "cohort", "owner", "risk", "facts").first()
    if found is None:
        raise Http404("There is no learner with this id.")
    return found


@router.get("/learners/{learner_id}", response=LearnerDetailOut, summary="A learner, with risk and nudges")
def one_learner(request: Any, learner_id: str) -> LearnerDetailOut:
    return LearnerDetailOut.of(learner_with(learner_id), run=latest_run())


@router.patch("/learners/{learner_id}", response=LearnerDetailOut, summary="Change a learner")
def change_learner(request: Any, learner_id: str, payload: LearnerChangeIn) -> LearnerDetailOut:
    """Changes what is given, and scores the learner again. Null clears a value."""
    learner = learner_with(learner_id)
    update_learner(learner=learner, values=payload.values(), by=request.auth.user, trigger="api")
    return LearnerDetailOut.of(learner_with(learner_id), run=latest_run())


@router.post(
    "/learners/{learner_id}/nudge",
    response={201: SentNudgeOut},
    tags=["Nudges"],
    summary="Nudge a learner",
    openapi_extra=MAY_BE_STOPPED,
)
def nudge_learner(request: Any, learner_id: str, payload: NudgeIn) -> Any:
    """Writes one message, sends it through the gate, and says what became of it.

    201 means that it is on its way or has arrived; in the learner's quiet hours it waits, and `leaves_at` says until
    when. Where consent, the address, the frequency cap or the channel's
    provider stopped it, the answer is a 409 with that code (for example `no_consent`), and the nudge is kept with the
    learner's others.
    """
    learner = learner_with(learner_id)
    nudge = send_nudge(
        learner=learner,
        channel=payload.channel,
        type=payload.type or suggest_type(risk_of(learner, as_of=timezone.now().date())),
        language=payload.language or learner.language,
        by=request.auth.user,
        goal=payload.goal,
    )
    if nudge.state not in COUNTED:
        raise NotSent(nudge)
    return Status(201, SentNudgeOut.of(nudge))


@router.post("/learners/{learner_id}/quiz", response={201: QuizOut}, tags=["Nudges"], summary="Make a quiz")
def quiz_learner(request: Any, learner_id: str, payload: QuizIn) -> Any:
    """Three to five questions in the learner's language, with their answers."""
    learner = learner_with(learner_id)
    quiz = generate_quiz(learner=learner, topic=payload.topic, difficulty=payload.difficulty, now=timezone.now())
    return Status(201, QuizOut.of(quiz))


@router.post(
    "/simulate/run",
    response=SimulationOut,
    tags=["Simulation"],
    summary="Score everyone, and nudge those at risk",
    openapi_extra=MAY_BE_STOPPED,
)
def simulate(request: Any, payload: SimulationIn = SimulationIn()) -> SimulationOut:  # noqa: B008 (how ninja knows)
    """What a nightly run does: scores all learners as of today; with `auto_nudge`, reminds those above the threshold.

    Every nudge passes the same gate as one that a person sends. A 409 means that there is no text to send.
    """
    done = run_simulation(
        as_of=timezone.now().date(),
        auto_nudge=payload.auto_nudge,
        risk_threshold=Decimal(str(payload.risk_threshold)),
        channel=payload.channel,
        by=request.auth.user,
    )
    return SimulationOut.of(done)
