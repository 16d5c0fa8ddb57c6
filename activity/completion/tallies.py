"""How many of a cohort, or of a whole program, have completed each lesson."""

from dataclasses import dataclass
from datetime import date

from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Count, F

from learners.models import Cohort, Learner, Program

from ..models import Lesson, LessonProgress

# Counting what a hundred thousand learners completed takes long enough to be remembered for a moment; what a thousand
# did does not. Each process remembers for itself.
MANY = 5_000
REMEMBERED_SECONDS = 60
_remembered = LocMemCache("activity.completion.tallies", {})


@dataclass(frozen=True)
class LessonTally:
    """One lesson, and how many of the learners asked about have completed it and have not."""

    lesson_id: int
    title: str
    activity_id: str
    order: int | None
    due_on: date | None
    counts: bool
    discovered: bool
    completed: int
    incomplete: int

    @property
    def share(self) -> int:
        """The whole percents that have completed it, rounded down: 100 only when all have."""
        return 100 * self.completed // max(1, self.completed + self.incomplete)

    def is_due(self, today: date) -> bool:
        return self.due_on is not None and self.due_on <= today


@dataclass(frozen=True)
class Tallies:
    """`learners` is how many there are, with or without lessons."""

    learners: int
    lessons: tuple[LessonTally, ...]


def tallies_of(*, program: Program, cohort: Cohort | None = None) -> Tallies:
    """In three queries, or none when many learners were counted a moment ago."""
    return _remembered.get(_key(program, cohort)) or _count_and_remember(program, cohort)


def tally_of(lesson: Lesson, *, cohort: Cohort | None = None) -> LessonTally:
    """Of one lesson, which may have come after its program was counted."""
    for tallies in (tallies_of, _count_and_remember):
        for tally in tallies(program=lesson.program, cohort=cohort).lessons:
            if tally.lesson_id == lesson.pk:
                return tally
    raise Lesson.DoesNotExist


def _key(program: Program, cohort: Cohort | None) -> str:
    return f"{program.pk}:{cohort.pk if cohort else ''}"


def _count_and_remember(program: Program, cohort: Cohort | None = None) -> Tallies:
    counted = _count(program, cohort)
    if counted.learners > MANY:
        _remembered.set(_key(program, cohort), counted, REMEMBERED_SECONDS)
    return counted


def _count(program: Program, cohort: Cohort | None) -> Tallies:
    among = Learner.objects.filter(cohort=cohort) if cohort else Learner.objects.filter(program=program)
    learners = among.count()
    # By learner, not by the program's lessons: the databases then begin with the few of a small cohort.
    completions = LessonProgress.objects.filter(completed_at__isnull=False, learner__in=among.values("pk"))
    completed = dict(completions.order_by().values_list("lesson").annotate(learners=Count("*")))
    return Tallies(
        learners,
        tuple(
            LessonTally(
                lesson_id=lesson.pk,
                title=lesson.title,
                activity_id=lesson.activity_id,
                order=lesson.order,
                due_on=lesson.due_on,
                counts=lesson.counts,
                discovered=lesson.discovered,
                completed=completed.get(lesson.pk, 0),
                incomplete=learners - completed.get(lesson.pk, 0),
            )
            for lesson in in_course_order(program)
        ),
    )


def in_course_order(program: Program) -> list[Lesson]:
    """By their number, then by their day; those without either last, by title."""
    order = (F("order").asc(nulls_last=True), F("due_on").asc(nulls_last=True), "title", "pk")
    return list(Lesson.objects.filter(program=program).order_by(*order))
