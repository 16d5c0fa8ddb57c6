"""The API's door to who has completed what."""

from typing import Any

from django.http import Http404
from ninja import Query, Router
from ninja.errors import ValidationError

from learners.models import Cohort

from ..models import Lesson
from .api_schemas import (
    CohortOut,
    CohortsOut,
    CompletionsOut,
    IncompleteOut,
    LearnersPage,
    LessonCompletionOut,
    LessonOut,
    LessonsOut,
    ListQuery,
    MemberOut,
    UnfinishedOut,
    UnfinishedQuery,
)
from .by_name import UnknownLearner
from .roster import roster_of
from .tallies import tallies_of, tally_of
from .unfinished import unfinished

router = Router(tags=["Completion"])


@router.get("/cohorts", response=CohortsOut)
def list_cohorts(request: Any, query: Query[ListQuery]) -> CohortsOut:
    cohorts = Cohort.objects.filter(pk__gt=query.after).select_related("program").order_by("pk")
    if query.program:
        cohorts = cohorts.filter(program__name=query.program)
    found = list(cohorts[: query.limit + 1])
    return CohortsOut(
        cohorts=[CohortOut.of(cohort) for cohort in found[: query.limit]],
        next_after=found[query.limit - 1].pk if len(found) > query.limit else None,
    )


@router.get("/lessons", response=LessonsOut)
def list_lessons(request: Any, query: Query[ListQuery]) -> LessonsOut:
    lessons = Lesson.objects.filter(pk__gt=query.after).select_related("program").order_by("pk")
    if query.program:
        lessons = lessons.filter(program__name=query.program)
    found = list(lessons[: query.limit + 1])
    return LessonsOut(
        lessons=[LessonOut.of(lesson) for lesson in found[: query.limit]],
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
        cohort=CohortOut.of(cohort),
        total=tallies.learners,
        lessons=[LessonCompletionOut.of(lesson) for lesson in tallies.lessons],
        learners=[MemberOut.of(member) for member in roster.members],
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
        lesson=LessonOut.of(lesson),
        total=tally_of(lesson, cohort=cohort).incomplete,
        learners=[UnfinishedOut.of(learner) for learner in page.learners],
        next_after=page.after or None,
    )


def _wrong(field: str, reason: str) -> ValidationError:
    return ValidationError([{"type": "value", "loc": ("query", field), "msg": reason}])
