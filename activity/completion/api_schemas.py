"""What the API takes and gives about who has completed what."""

from datetime import date, datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from learners.models import Cohort

from ..models import Lesson
from .by_name import LARGEST_PAGE, PAGE_SIZE
from .roster import Member
from .tallies import LessonTally
from .unfinished import Unfinished

LARGEST_ID = 2**63 - 1


class LearnersPage(Schema):
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)
    after: str = Field("", max_length=64, description="The next_after of the page before")


class UnfinishedQuery(LearnersPage):
    cohort: int | None = Field(None, ge=1, le=LARGEST_ID, description="Its id; without it, everyone in the program")


class ListQuery(Schema):
    program: str = Field("", max_length=200, description="Its name; without it, all programs")
    limit: int = Field(LARGEST_PAGE, ge=1, le=LARGEST_PAGE)
    after: int = Field(0, ge=0, le=LARGEST_ID, description="The next_after of the page before")


class CohortOut(Schema):
    id: int
    name: str
    program: str

    @classmethod
    def of(cls, cohort: Cohort) -> Self:
        return cls(id=cohort.pk, name=cohort.name, program=cohort.program.name)


class CohortsOut(Schema):
    cohorts: list[CohortOut]
    next_after: int | None = Field(description="Null on the last page")


class LessonOut(Schema):
    id: int
    title: str
    activity_id: str = Field(description="The IRI by which statements name it")
    program: str
    order: int | None
    due_on: date | None
    minutes: int | None = Field(description="How long it takes, if staff have said")
    counts: bool = Field(description="Towards the share of work handed in")
    discovered: bool = Field(description="Found in statements, not defined by staff")

    @classmethod
    def of(cls, lesson: Lesson) -> Self:
        return cls(
            id=lesson.pk,
            title=lesson.title,
            activity_id=lesson.activity_id,
            program=lesson.program.name,
            order=lesson.order,
            due_on=lesson.due_on,
            minutes=lesson.minutes,
            counts=lesson.counts,
            discovered=lesson.discovered,
        )


class LessonsOut(Schema):
    lessons: list[LessonOut]
    next_after: int | None = Field(description="Null on the last page")


class LessonCompletionOut(Schema):
    id: int
    title: str
    due_on: date | None
    completed: int = Field(description="Learners of the cohort who have completed it")
    incomplete: int = Field(description="Those who have not")

    @classmethod
    def of(cls, lesson: LessonTally) -> Self:
        return cls(
            id=lesson.lesson_id,
            title=lesson.title,
            due_on=lesson.due_on,
            completed=lesson.completed,
            incomplete=lesson.incomplete,
        )


class MemberOut(Schema):
    id: str
    name: str
    lessons_due: int | None = Field(description="Null is no data, not zero")
    lessons_completed: int | None = Field(description="Of those due")
    last_activity_at: datetime | None

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            id=member.uid,
            name=member.name,
            lessons_due=member.lessons_due,
            lessons_completed=member.lessons_completed,
            last_activity_at=member.last_activity_at,
        )


class CompletionsOut(Schema):
    cohort: CohortOut
    total: int = Field(description="Learners in the cohort")
    lessons: list[LessonCompletionOut] = Field(description="In the order of the course")
    learners: list[MemberOut] = Field(description="By name")
    next_after: str | None = Field(description="Null on the last page")


class UnfinishedOut(Schema):
    id: str
    name: str
    cohort: str | None
    begun_at: datetime | None = Field(description="Null when they have not begun it")
    last_activity_at: datetime | None

    @classmethod
    def of(cls, learner: Unfinished) -> Self:
        return cls(
            id=learner.uid,
            name=learner.name,
            cohort=learner.cohort,
            begun_at=learner.begun_at,
            last_activity_at=learner.last_activity_at,
        )


class IncompleteOut(Schema):
    lesson: LessonOut
    total: int = Field(description="Learners who have not completed it; counted anew every minute when very many")
    learners: list[UnfinishedOut] = Field(description="By name")
    next_after: str | None = Field(description="Null on the last page")
