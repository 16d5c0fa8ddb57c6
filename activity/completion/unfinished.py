"""The learners of a program who have not completed a lesson."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from learners.models import Cohort, Learner

from ..models import Lesson, LessonProgress
from .by_name import PAGE_SIZE, page_by_name


@dataclass(frozen=True)
class Unfinished:
    """A learner who has not completed the lesson. `begun_at` is None when they have not begun it either."""

    uid: str
    name: str
    cohort: str | None
    begun_at: datetime | None
    last_activity_at: datetime | None


@dataclass(frozen=True)
class UnfinishedPage:
    learners: list[Unfinished]
    after: str  # the next page starts behind this learner; blank on the last


def unfinished(
    lesson: Lesson, *, cohort: Cohort | None = None, after: str = "", limit: int = PAGE_SIZE
) -> UnfinishedPage:
    """In four queries at most. `cohort` is one of the lesson's program. Raises UnknownLearner."""
    completed = LessonProgress.objects.filter(lesson=lesson, learner=OuterRef("pk"), completed_at__isnull=False)
    among = Learner.objects.filter(**({"cohort": cohort} if cohort else {"program": lesson.program_id}))
    learners = (
        among.filter(~Exists(completed)).select_related("cohort").only("uid", "name", "last_login", "cohort__name")
    )
    page = page_by_name(learners, among=among, after=after, limit=limit)
    progress = LessonProgress.objects.filter(lesson=lesson, learner__in=[learner.pk for learner in page.learners])
    begun = dict(progress.values_list("learner_id", "begun_at"))
    return UnfinishedPage(
        [
            Unfinished(
                uid=learner.uid,
                name=learner.name,
                cohort=learner.cohort.name if learner.cohort else None,
                begun_at=begun.get(learner.pk),
                last_activity_at=learner.last_login,
            )
            for learner in page.learners
        ],
        page.after,
    )
