"""Which lesson an event is about. A lesson that nobody has defined is made by the first learner at work on it."""

from collections.abc import Sequence
from urllib.parse import unquote

from learners.models import Learner

from ..models import Event, Lesson
from .meaning import DISCOVERING, PROGRESSING

# An index of PostgreSQL holds 2,700 bytes a row. What has a longer name is no lesson.
ACTIVITY_ID_BYTES = 1000

Place = tuple[int, str]  # a program and an activity


def assign_lessons(events: Sequence[Event]) -> None:
    """Set the lesson of those (unsaved) events that are progress with one of their learner's program.

    Makes the lessons that are missing, in one order for all processes and ignoring those that somebody else makes
    meanwhile, so that neither waits for the other in a circle.
    """
    about = [event for event in events if event.meaning in PROGRESSING and is_storable(event.object_id)]
    if not about:
        return
    learners = Learner.objects.filter(pk__in={event.learner_id for event in about}, program__isnull=False)
    program_of = dict(learners.values_list("pk", "program_id"))
    about = [event for event in about if event.learner_id in program_of]
    places: dict[Place, Event] = {}
    for event in about:
        place = (program_of[event.learner_id], event.object_id)
        if place not in places or event.meaning in DISCOVERING:
            places[place] = event
    lessons = _find(places)
    missing = {place for place, event in places.items() if event.meaning in DISCOVERING} - lessons.keys()
    if missing:
        Lesson.objects.bulk_create(
            [
                Lesson(
                    program_id=program, activity_id=activity, title=title_of(places[program, activity]), discovered=True
                )
                for program, activity in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        lessons = _find(places)
    for event in about:
        event.lesson_id = lessons.get((program_of[event.learner_id], event.object_id))


def is_storable(activity_id: str) -> bool:
    return len(activity_id.encode()) <= ACTIVITY_ID_BYTES


def title_of(event: Event) -> str:
    """The activity's own name, else the last part of its IRI."""
    return (event.object_name or unquote(event.object_id.rstrip("/").rpartition("/")[2]) or event.object_id)[:300]


def _find(places: dict[Place, Event]) -> dict[Place, int]:
    programs, activities = {program for program, _ in places}, {activity for _, activity in places}
    found = Lesson.objects.filter(program__in=programs, activity_id__in=activities)
    return {(program, activity): pk for pk, program, activity in found.values_list("pk", "program_id", "activity_id")}
