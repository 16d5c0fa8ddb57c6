"""Bring the facts of learners up to date: after events, after an import, after a decision of staff, and every night."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from learners.models import Learner
from learners.querysets import LearnerQuerySet

from ..models import Event, Lesson, LessonProgress
from .attendance import cohorts_first_recorded, find_records, merge_attendance
from .progress import add_active_days, merge_progress
from .sql import Sql, execute, ids, ids_of
from .storing import differing, store_facts, update_learners
from .turns import hold_learners, take_turn


@transaction.atomic
def apply_events(events: Sequence[Event]) -> set[int]:
    """What follows from these events, which are stored. Returns the ids of the learners whose inputs changed.

    Any order gives the same, and so do events that were applied before. An event touches its learner alone, but for the
    first record of a past session and the first progress in a program: these make what the others did not do known.
    """
    if not events:
        return set()
    moment = timezone.now()
    records = find_records(events)
    cohorts = cohorts_first_recorded(records, moment=moment)
    programs = _programs_first_worked_in(events, as_of=moment.date())
    take_turn(alone=bool(cohorts or programs))
    touched = ids({event.learner_id for event in events})
    hold_learners(touched)
    merge_progress(events)
    add_active_days(events)
    merge_attendance(records)
    changed = _write(moment=moment, among=touched)
    if cohorts or programs:
        others = Learner.objects.filter(cohort__in=cohorts) | Learner.objects.filter(program__in=programs)
        changed |= _bring_up_to_date(others, moment=moment)
    return changed


def _programs_first_worked_in(events: Iterable[Event], *, as_of: date) -> set[int]:
    """Those in which lessons are due, and nobody had got anywhere: silence of the others says something from now on."""
    lessons = {event.lesson_id for event in events if event.lesson_id is not None}
    if not lessons:
        return set()
    programs = Lesson.objects.filter(pk__in=lessons).values("program")
    due = Lesson.objects.filter(program__in=programs, counts=True, due_on__lte=as_of)
    worked_in = LessonProgress.objects.filter(lesson__program__in=programs).values("lesson__program")
    return set(due.exclude(program__in=worked_in).values_list("program", flat=True))


def _bring_up_to_date(learners: LearnerQuerySet, *, moment: datetime) -> set[int]:
    """For any number of learners: those whose facts or inputs differ are held, and only these are written."""
    among = ids_of(learners)
    if among is None:
        return set()
    stale = differing(moment=moment, among=among)
    execute(f"CREATE TEMPORARY TABLE stale_learner AS {stale.text}", stale.params)
    some = Sql("SELECT id FROM stale_learner")
    hold_learners(some)
    changed = _write(moment=moment, among=some)
    execute("DROP TABLE stale_learner")  # after an error the rollback drops it
    return changed


def _write(*, moment: datetime, among: Sql) -> set[int]:
    changed = update_learners(moment=moment, among=among)
    store_facts(moment=moment, among=among)
    return changed
