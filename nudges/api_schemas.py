"""Nudges, quizzes and rounds as the API shows and takes them."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Self

from django.conf import settings
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from learners.channels import Channel
from learners.models import Learner
from riskscoring.api_schemas import LearnerOut
from riskscoring.models import ScoringRun

from .models import Nudge, NudgeType, Quiz, Source
from .quizzes import LONGEST_TOPIC
from .simulate import Simulation
from .states import State

NUDGES_SHOWN = 50
LANGUAGES: list[Any] = [code for code, _name in settings.LANGUAGES]


def known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"Choose one of: {', '.join(LANGUAGES)}.")
    return code


Language = Annotated[str, AfterValidator(known_language), Field(json_schema_extra={"enum": LANGUAGES})]


class NudgeIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Annotated[Channel, Field(strict=False)]
    type: Annotated[NudgeType | None, Field(strict=False, description="Else the one that fits the risk")] = None
    language: Annotated[Language | None, Field(description="Else the learner's own")] = None
    goal: Annotated[
        str, Field(max_length=60, description="Nudges with the same goal are counted together; else those of a type")
    ] = ""


class NudgeOut(Schema):
    nudge_id: uuid.UUID
    channel: str
    type: str
    content: str = Field(description="As it went out; what did not may still have its placeholders")
    state: str
    reason: str = Field(description="Why it was not sent or failed: a stable code, else empty")
    gptFallback: bool = Field(description="A template wrote it, not the model")  # noqa: N815 (its public name)
    created_at: datetime
    leaves_at: datetime | None = Field(description="While it is queued: not before then")
    sent_at: datetime | None

    @classmethod
    def of(cls, nudge: Nudge, **more: Any) -> Self:
        return cls(
            nudge_id=nudge.uuid,
            channel=nudge.channel,
            type=nudge.type,
            content=nudge.words,
            state=nudge.state,
            reason=nudge.reason,
            gptFallback=nudge.source == Source.TEMPLATE,
            created_at=nudge.created_at,
            leaves_at=nudge.due_at if nudge.state == State.QUEUED else None,
            sent_at=nudge.sent_at,
            **more,
        )


class SentNudgeOut(NudgeOut):
    subject: str = Field(description="Of an email, else empty")
    language: str
    prompt_version: str = Field(description="Of the prompt that the model was asked with, else empty")
    template: str | None = Field(description="The short name of the template that was used")
    fallback_reason: str = Field(description="Why a template was used: a stable code, else empty")

    @classmethod
    def of(cls, nudge: Nudge, **more: Any) -> Self:
        return super().of(
            nudge,
            subject=nudge.subject,
            language=nudge.language,
            prompt_version=nudge.prompt_version,
            template=nudge.template.slug if nudge.template else None,
            fallback_reason=nudge.fallback_reason,
            **more,
        )


class LearnerDetailOut(LearnerOut):
    nudges: list[NudgeOut] = Field(description=f"The latest {NUDGES_SHOWN}")

    @classmethod
    def of(cls, learner: Learner, *, run: ScoringRun | None, **more: Any) -> Self:
        """One query more than LearnerOut needs."""
        latest = learner.nudges.select_related("wording").order_by("-created_at", "-id")[:NUDGES_SHOWN]
        return super().of(learner, run=run, nudges=[NudgeOut.of(nudge) for nudge in latest], **more)


class QuizIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    topic: Annotated[str, Field(min_length=1, max_length=LONGEST_TOPIC, examples=["Loops"])]
    difficulty: Annotated[Quiz.Difficulty, Field(strict=False)] = Quiz.Difficulty.MEDIUM


class QuestionOut(Schema):
    question: str
    options: list[str]
    answer: int = Field(description="The position of the right option, from 0")
    explanation: str


class QuizOut(Schema):
    quiz_id: uuid.UUID
    topic: str
    difficulty: str
    questions: list[QuestionOut]
    prompt_version: str
    gptFallback: bool = Field(description="Made from questions of our own, not by the model")  # noqa: N815
    fallback_reason: str

    @classmethod
    def of(cls, quiz: Quiz) -> Self:
        return cls(
            quiz_id=quiz.uuid,
            topic=quiz.topic,
            difficulty=quiz.difficulty,
            questions=[QuestionOut(**question) for question in quiz.questions],
            prompt_version=quiz.prompt_version,
            gptFallback=quiz.source == Source.TEMPLATE,
            fallback_reason=quiz.fallback_reason,
        )


class SimulationIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    auto_nudge: bool = False
    risk_threshold: Annotated[float, Field(ge=0, le=1, description="Those with a score above it are nudged")] = 0.7
    channel: Annotated[Channel, Field(strict=False)] = Channel.IN_APP


class SimulationOut(Schema):
    learners: int
    high: int
    medium: int
    low: int
    unknown: int = Field(description="Fewer than two inputs are known: never nudged automatically")
    changed: int = Field(description="Scores that are not what they were")
    above_threshold: int
    nudged: int = Field(description="On their way")
    suppressed: dict[str, int] = Field(description="Stopped by the gate, by its codes")
    waiting: int = Field(0, description="Always 0: all pass the gate at once", deprecated=True)

    @classmethod
    def of(cls, done: Simulation) -> Self:
        return cls(
            learners=done.summary.learners,
            **done.summary.counts,
            changed=done.summary.changed,
            above_threshold=done.above_threshold,
            nudged=done.nudged,
            suppressed=done.suppressed,
        )
