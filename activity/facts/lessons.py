"""Which lesson an event is about. A lesson that nobody has defined is made by the first learner at work on it.

Answers to questions make no lesson, so whether they are about one is seen later: see progress.link_answers.
"""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import unquote

from learners.models import Learner

from ..models import Event, Lesson
from .meaning import DISCOVERING

# An index of PostgreSQL holds 2,700 bytes a row. What has a longer name is no lesson.
ACTIVITY_ID_BYTES = 1000

Place = tuple[int, str]  # a program and an activity


def assign_lessons(events: Sequence[Event]) -> None:
    """Set the lesson of those (unsaved) events that say that their learner is at work on one."""
    about = [event for event in events if event.meaning in DISCOVERING and is_storable(event.object_id)]
    if not about:
        return
    learners = Learner.objects.filter(pk__in={event.learner_id for event in about}, program__isnull=False)
    program_of = dict(learners.values_list("pk", "program_id"))
    about = [event for event in about if event.learner_id in program_of]
    places = {(program_of[event.learner_id], event.object_id) for event in about}
    lessons = _find(places)
    missing = {
        place: event.object_name
        for event in about
        if (place := (program_of[event.learner_id], event.object_id)) not in lessons
    }
    if missing:
        make_lessons(missing)
        lessons = _find(places)
    for event in about:
        event.lesson_id = lessons.get((program_of[event.learner_id], event.object_id))


def make_lessons(names: Mapping[Place, str]) -> None:
    """Lessons found in statements, with the names that these gave them, if any.

    In one order for all processes, and ignoring those that somebody else makes meanwhile, so that nobody waits for
    another in a circle.
    """
    Lesson.objects.bulk_create(
        [
            Lesson(
                program_id=program,
                activity_id=activity,
                title=title_of(activity, names[program, activity]),
                discovered=True,
            )
            for program, activity in sorted(names)
            if is_storable(activity)
        ],
        ignore_conflicts=True,
    )


def is_storable(activity_id: str) -> bool:
    return len(activity_id.encode()) <= ACTIVITY_ID_BYTES


def title_of(activity_id: str, name: str) -> str:
    """The activity's own name, else the last part of its IRI."""
    return (name or unquote(activity_id.rstrip("/").rpartition("/")[2]) or activity_id)[:300]


def _find(places: Collection[Place]) -> dict[Place, int]:
    programs, activities = {program for program, _ in places}, {activity for _, activity in places}
    found = Lesson.objects.filter(program__in=programs, activity_id__in=activities)
    return {(program, activity): pk for pk, program, activity in found.values_list("pk", "program_id", "activity_id")}
