"""A learner as the API shows and takes it: their facts, with their risk beside them."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from ninja import Schema
from pydantic import ConfigDict, Field

from learners.models import Learner
from learners.rules import MISSED_LIMIT, PERCENT_LIMIT

from .explained import holds_on, risk_of
from .levels import Level, level_of
from .models import RiskScore, ScoringRun
from .reasons import reasons

Percent = Annotated[float | None, Field(description="0 to 100; null is no data, not zero")]
PercentIn = Annotated[
    float | None,
    Field(gt=1 - PERCENT_LIMIT, lt=PERCENT_LIMIT - 1, description="Below 0 counts as 0, above 100 as 100"),
]
Time = Annotated[
    str | None, Field(description="A date, or a date and time; without a zone UTC", examples=["2026-01-31T14:30:00Z"])
]


class ReasonOut(Schema):
    code: str = Field(description="The input that it is about")
    sentence: str
    contribution: float = Field(description="What it adds to the score; all contributions add up to it")


class LearnerOut(Schema):
    id: str
    name: str
    email: str | None
    phone: str | None
    program: str | None
    cohort: str | None
    status: str = Field(description="active, finished or left: only active learners are nudged")
    language: str
    last_login: datetime | None
    completed_percent: Percent
    avg_quiz_score: Percent
    consecutive_missed_sessions: int | None
    risk_score: float | None = Field(description="0 to 1; null until it is first worked out")
    risk_label: str = Field(description="high, medium, low; or unknown when fewer than two inputs are known")
    inputs_known: int = Field(description="Of the four inputs of the score")
    reasons: list[ReasonOut]
    as_of: date | None = Field(description="The day that the score describes")
    last_nudge_at: datetime | None

    @classmethod
    def of(cls, learner: Learner, *, run: ScoringRun | None, **more: Any) -> Self:
        """Reads learner.program, .cohort and .risk: fetch them with the learner. `run` is the latest one, with which
        unchanged scores hold.
        """
        return cls(
            id=learner.uid,
            name=learner.name,
            email=learner.email,
            phone=learner.phone or None,
            program=learner.program.name if learner.program else None,
            cohort=learner.cohort.name if learner.cohort else None,
            status=learner.status,
            language=learner.language,
            last_login=learner.last_login,
            completed_percent=_number(learner.completed_percent),
            avg_quiz_score=_number(learner.avg_quiz_score),
            consecutive_missed_sessions=learner.consecutive_missed_sessions,
            last_nudge_at=learner.last_contacted_at,
            **_risk_of(learner, run),
            **more,
        )


class LearnerIn(Schema):
    """What can be set. Null clears a value; program and cohort are given by name, and made when they are new."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: str | None = Field(None, max_length=254, description="Unique among learners, whatever its case")
    phone: str | None = Field(None, description="With its country code: +8801712345678")
    program: str | None = Field(None, max_length=200)
    cohort: str | None = Field(None, max_length=200)
    status: str | None = Field(None, description="active, finished or left")
    language: str | None = Field(None, description="en or bn")
    timezone: str | None = Field(None, description="For example Asia/Dhaka")
    last_login: Time = None
    completed_percent: PercentIn = None
    avg_quiz_score: PercentIn = None
    consecutive_missed_sessions: int | None = Field(None, ge=-MISSED_LIMIT, le=MISSED_LIMIT)

    def values(self) -> dict[str, Any]:
        """What was given, null included, under the names that learners.services knows."""
        given = self.model_dump(exclude_unset=True)
        if "id" in given:
            given["uid"] = given.pop("id")
        return given


class NewLearnerIn(LearnerIn):
    id: str | None = Field(None, max_length=64, description="Yours; without one, a UUID is made")
    name: str = Field(min_length=1, max_length=200)


class LearnerChangeIn(LearnerIn):
    name: str = Field("", min_length=1, max_length=200, description="Left out, it stays; it can't be cleared")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _risk_of(learner: Learner, run: ScoringRun | None) -> dict[str, Any]:
    """The stored score, and the reasons that its inputs give as of its day."""
    try:
        stored = learner.risk
    except RiskScore.DoesNotExist:
        return {"risk_score": None, "risk_label": Level.UNKNOWN.value, "inputs_known": 0, "reasons": [], "as_of": None}
    as_of = holds_on(stored, run)
    return {
        "risk_score": float(stored.score),
        "risk_label": level_of(stored.priority).value,
        "inputs_known": stored.inputs_known,
        "reasons": [
            ReasonOut(code=reason.code, sentence=reason.sentence, contribution=float(reason.contribution))
            for reason in reasons(risk_of(learner, as_of=as_of))
        ],
        "as_of": as_of,
    }
