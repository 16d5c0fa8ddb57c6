"""The API's door to who has completed what."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema
from ninja.errors import ValidationError
from pydantic import Field

from learners.models import Cohort

from ..models import Lesson
from .by_name import LARGEST_PAGE, PAGE_SIZE, UnknownLearner
from .roster import roster_of
from .tallies import tallies_of, tally_of
from .unfinished import unfinished

router = Router(tags=["Completion"])

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
    counts: bool = Field(description="Towards the share of work handed in")
    discovered: bool = Field(description="Found in statements, not defined by staff")


class LessonsOut(Schema):
    lessons: list[LessonOut]
    next_after: int | None = Field(description="Null on the last page")


class LessonCompletionOut(Schema):
    id: int
    title: str
    due_on: date | None
    completed: int = Field(description="Learners of the cohort who have completed it")
    incomplete: int = Field(description="Those who have not")


class MemberOut(Schema):
    id: str
    name: str
    lessons_due: int | None = Field(description="Null is no data, not zero")
    lessons_completed: int | None = Field(description="Of those due")
    last_activity_at: datetime | None


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


class IncompleteOut(Schema):
    lesson: LessonOut
    total: int = Field(description="Learners who have not completed it; counted anew every minute when very many")
    learners: list[UnfinishedOut] = Field(description="By name")
    next_after: str | None = Field(description="Null on the last page")


@router.get("/cohorts", response=CohortsOut)
def list_cohorts(request: Any, query: Query[ListQuery]) -> CohortsOut:
    cohorts = Cohort.objects.filter(pk__gt=query.after).select_related("program").order_by("pk")
    if query.program:
        cohorts = cohorts.filter(program__name=query.program)
    found = list(cohorts[: query.limit + 1])
    return CohortsOut(
        cohorts=[_cohort_out(cohort) for cohort in found[: query.limit]],
        next_after=found[query.limit - 1].pk if len(found) > query.limit else None,
    )


@router.get("/lessons", response=LessonsOut)
def list_lessons(request: Any, query: Query[ListQuery]) -> LessonsOut:
    lessons = Lesson.objects.filter(pk__gt=query.after).select_related("program").order_by("pk")
    if query.program:
        lessons = lessons.filter(program__name=query.program)
    found = list(lessons[: query.limit + 1])
    return LessonsOut(
        lessons=[_lesson_out(lesson) for lesson in found[: query.limit]],
        next_after=found[query.limit - 1].pk if len(found) > query.limit else None,
    )


@router.get("/cohorts/{cohort_id}/completions", response=CompletionsOut)
def completions(request: Any, cohort_id: int, query: Query[LearnersPage]) -> CompletionsOut:
    """How many of a cohort have completed each lesson, and how far each learner is, a page at a time."""
    cohort = Cohort.objects.filter(pk=cohort_id).select_related("program").first()
    if cohort is None:
        raise Http404("There is no cohort with this id.")
    try:
        roster = roster_of(cohort, after=query.after, limit=query.limit)
    except UnknownLearner as error:
        raise _wrong("after", "This learner is not there any more. Start without it.") from error
    tallies = tallies_of(program=cohort.program, cohort=cohort)
    return CompletionsOut(
        cohort=_cohort_out(cohort),
        total=tallies.learners,
        lessons=[
            LessonCompletionOut(
                id=lesson.lesson_id,
                title=lesson.title,
                due_on=lesson.due_on,
                completed=lesson.completed,
                incomplete=lesson.incomplete,
            )
            for lesson in tallies.lessons
        ],
        learners=[
            MemberOut(
                id=member.uid,
                name=member.name,
                lessons_due=member.lessons_due,
                lessons_completed=member.lessons_completed,
                last_activity_at=member.last_activity_at,
            )
            for member in roster.members
        ],
        next_after=roster.after or None,
    )


@router.get("/lessons/{lesson_id}/incomplete", response=IncompleteOut)
def incomplete(request: Any, lesson_id: int, query: Query[UnfinishedQuery]) -> IncompleteOut:
    """Who has not completed a lesson, of its program or of one cohort, a page at a time."""
    lesson = Lesson.objects.filter(pk=lesson_id).select_related("program").first()
    if lesson is None:
        raise Http404("There is no lesson with this id.")
    cohort = Cohort.objects.filter(pk=query.cohort, program=lesson.program).first() if query.cohort else None
    if query.cohort and cohort is None:
        raise _wrong("cohort", "The lesson's program has no cohort with this id.")
    try:
        page = unfinished(lesson, cohort=cohort, after=query.after, limit=query.limit)
    except UnknownLearner as error:
        raise _wrong("after", "This learner is not there any more. Start without it.") from error
    return IncompleteOut(
        lesson=_lesson_out(lesson),
        total=tally_of(lesson, cohort=cohort).incomplete,
        learners=[
            UnfinishedOut(
                id=learner.uid,
                name=learner.name,
                cohort=learner.cohort,
                begun_at=learner.begun_at,
                last_activity_at=learner.last_activity_at,
            )
            for learner in page.learners
        ],
        next_after=page.after or None,
    )


def _cohort_out(cohort: Cohort) -> CohortOut:
    return CohortOut(id=cohort.pk, name=cohort.name, program=cohort.program.name)


def _lesson_out(lesson: Lesson) -> LessonOut:
    return LessonOut(
        id=lesson.pk,
        title=lesson.title,
        activity_id=lesson.activity_id,
        program=lesson.program.name,
        order=lesson.order,
        due_on=lesson.due_on,
        counts=lesson.counts,
        discovered=lesson.discovered,
    )


def _wrong(field: str, reason: str) -> ValidationError:
    return ValidationError([{"type": "value", "loc": ("query", field), "msg": reason}])
