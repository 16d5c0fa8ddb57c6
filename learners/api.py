"""The door by which learners come by themselves."""

from typing import Any, Self

from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from .models import Learner
from .signup import sign_up

router = Router(tags=["Learners"])


class SignupIn(Schema):
    """Who signs up, and for what. Program and cohort are given by name, and must be there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(max_length=254, description="Unique among learners, whatever its case")
    phone: str | None = Field(None, description="With its country code: +8801712345678")
    program: str | None = Field(None, max_length=200, description="One that is open for signing up")
    cohort: str | None = Field(None, max_length=200, description="One of the program's")
    language: str | None = Field(None, description="en or bn")
    timezone: str | None = Field(None, description="For example Asia/Dhaka")


class SignedUpOut(Schema):
    """What the learner gave, as it is stored: no score, no risk, nothing that others say of them."""

    id: str
    name: str
    email: str
    phone: str | None
    program: str | None
    cohort: str | None
    language: str
    timezone: str

    @classmethod
    def of(cls, learner: Learner) -> Self:
        return cls(
            id=learner.uid,
            name=learner.name,
            email=learner.email or "",
            phone=learner.phone or None,
            program=learner.program.name if learner.program else None,
            cohort=learner.cohort.name if learner.cohort else None,
            language=learner.language,
            timezone=learner.timezone,
        )


@router.post("/signup", response={201: SignedUpOut}, summary="Sign up", openapi_extra={"security": []})
def signup(request: Any, payload: SignupIn) -> Any:
    """A learner signs up, with no account and no key. An email address that another learner has is a 400."""
    learner = sign_up(values=payload.model_dump(exclude_unset=True), by=request.auth.user)
    return Status(201, SignedUpOut.of(learner))
