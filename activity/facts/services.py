"""Bring the facts of learners up to date: after events, after an import, and every night."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from learners.models import Learner, Program
from learners.querysets import LearnerQuerySet
from learners.sql import Sql, execute, ids_of, rows

from ..models import Event, LearnerFacts, Lesson, LessonProgress, Session
from . import rebuilding
from .attendance import cohorts_first_recorded, find_records, merge_attendance
from .holding import hold_learners, take_turn
from .interruptions import recognise_interruptions
from .meaning import COMPLETING, DISCOVERING
from .progress import add_active_days, link_answers, merge_progress
from .sql import differ, ids
from .storing import differing, write


@transaction.atomic
def apply_events(events: Sequence[Event]) -> set[int]:
    """What follows from these events, which are stored. Returns the ids of the learners whose inputs changed.

    Any order gives the same, and so do events that were applied before. An event touches its learner alone, but for the
    first record of a past session and the first progress in a program: these make what the others did not do known.
    """
    if not events:
        return set()
    moment = timezone.now()
    touched = ids({event.learner_id for event in events})
    records = find_records(events)
    cohorts = cohorts_first_recorded(records, moment=moment)
    about_lessons = [event for event in events if event.meaning in DISCOVERING or event.meaning in COMPLETING]
    programs = _programs_first_worked_in(about_lessons, as_of=moment.date()) if about_lessons else set()
    take_turn(alone=bool(cohorts or programs))
    hold_learners(touched)
    add_active_days(events)
    merge_attendance(records)
    if about_lessons:
        merge_progress(about_lessons)
        merge_progress(Event.objects.filter(pk__in=link_answers(touched)))
        rebuilding.remake(ids(rebuilding.learners_who_moved_meanwhile(about_lessons)))
    changed = write(moment=moment, among=touched)
    if cohorts or programs:
        changed |= bring_up_to_date(classes(cohorts, programs), moment=moment)
    return changed


@transaction.atomic
def rebuild(learner_ids: Collection[int] | None) -> set[int]:
    """Make all that follows from these learners' events anew, or from everybody's (None).

    Returns the ids of the learners whose inputs changed.
    """
    if learner_ids is not None and not learner_ids:
        return set()
    take_turn(alone=True)
    among = Sql("SELECT id FROM learners_learner") if learner_ids is None else ids(learner_ids)
    hold_learners(among)
    cohorts = rebuilding.remake(among)
    moment = timezone.now()
    changed = write(moment=moment, among=among)
    if cohorts and learner_ids is not None:
        changed |= bring_up_to_date(classes(cohorts), moment=moment)
    return changed


@transaction.atomic
def refresh(*, as_of: date, program: Program | None = None) -> set[int]:
    """Facts change as time passes: lessons become due, sessions and study weeks pass. A fixed number of statements.

    For everybody, or for one program. Returns the ids of the learners whose inputs changed.
    """
    take_turn(alone=True)
    recognise_interruptions(as_of=as_of)
    everybody = Learner.objects.filter(program=program) if program else Learner.objects.all()
    end_of_day = datetime.combine(as_of + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    return bring_up_to_date(everybody, moment=min(timezone.now(), end_of_day))


@transaction.atomic
def reapply(learners: LearnerQuerySet) -> set[int]:
    """Somebody wrote to these learners: put back what facts say, and give those who moved their new class's lessons.

    In the transaction that wrote to them. Returns the ids of the learners whose inputs changed.
    """
    among = ids_of(learners)
    if among is None:
        return set()
    moved = rows(
        f"""SELECT l.id FROM activity_learnerfacts facts JOIN learners_learner l ON l.id = facts.learner_id
        WHERE facts.learner_id IN ({among.text})
            AND ({differ("facts.program_id", "l.program_id")} OR {differ("facts.cohort_id", "l.cohort_id")})""",
        among.params,
    )
    rebuilding.remake(ids(pk for (pk,) in moved))
    return bring_up_to_date(learners, moment=timezone.now())


def classes(cohorts: Iterable[int], programs: Iterable[int] = ()) -> LearnerQuerySet:
    return Learner.objects.filter(cohort__in=cohorts) | Learner.objects.filter(program__in=programs)


def bring_up_to_date(learners: LearnerQuerySet, *, moment: datetime) -> set[int]:
    """For any number of learners: those whose facts or inputs differ are held, and only these are written.

    Returns the ids of the learners whose inputs changed.
    """
    among = _who_may_have_facts(learners, moment=moment)
    if among is None:
        return set()
    if connection.vendor == "postgresql":
        execute("SET LOCAL jit = off")  # compiling takes longer than it saves
    stale = differing(moment=moment, among=among)
    execute(f"CREATE TEMPORARY TABLE stale_learner AS {stale.text}", stale.params)
    some = Sql("SELECT id FROM stale_learner")
    hold_learners(some)
    changed = write(moment=moment, among=some)
    execute("DROP TABLE stale_learner")  # after an error the rollback drops it
    return changed


def _who_may_have_facts(learners: LearnerQuerySet, *, moment: datetime) -> Sql | None:
    """Those with facts, and those of whom silence may say something. Of the others nothing is asked.

    A UNION of what there is at all: an OR would look through a million learners where no statement ever came.
    """
    among = ids_of(learners)
    if among is None:
        return None
    due = ids_of(Lesson.objects.filter(counts=True, due_on__lte=moment.date()), "program")
    past = ids_of(Session.objects.filter(ends_at__lte=moment), "cohort")
    parts = []
    if LearnerFacts.objects.exists():
        parts.append(
            Sql(f"SELECT learner_id FROM activity_learnerfacts WHERE learner_id IN ({among.text})", among.params)
        )
    for column, places in (("program_id", due), ("cohort_id", past)):
        if places is not None and rows(f"SELECT 1 WHERE EXISTS ({places.text})", places.params):
            parts.append(
                Sql(
                    f"SELECT id FROM learners_learner WHERE {column} IN ({places.text}) AND id IN ({among.text})",
                    [*places.params, *among.params],
                )
            )
    if not parts:
        return None
    return Sql(" UNION ".join(part.text for part in parts), [value for part in parts for value in part.params])


def _programs_first_worked_in(events: Collection[Event], *, as_of: date) -> set[int]:
    """Those in which lessons are due, and nobody had got anywhere: silence of the others says something from now on."""
    programs = Lesson.objects.filter(
        activity_id__in={event.object_id for event in events},
        program__learners__in={event.learner_id for event in events},
    ).values("program")
    due = Lesson.objects.filter(program__in=programs, counts=True, due_on__lte=as_of)
    worked_in = LessonProgress.objects.filter(lesson__program__in=programs).values("lesson__program")
    return set(due.exclude(program__in=worked_in).values_list("program", flat=True))
