"""All that follows from the record, as plain values: to compare what two ways have led to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from activity.actors import identify
from activity.folding import fold
from activity.models import (
    ActiveDay,
    Actor,
    Event,
    LearnerFacts,
    Lesson,
    LessonProgress,
    NameChange,
    PoisonedMessage,
    Unfolded,
)
from activity.rebuilding import rebuild_events, rebuild_facts
from learners.models import Learner

INPUTS = ("last_login", "completed_percent", "avg_quiz_score", "consecutive_missed_sessions")
# Left of a learner all of whose events went to another, or were voided; made anew there is no such row.
SAY_NOTHING = {
    "last_activity_at": None,
    "completed_percent": None,
    "avg_quiz_score": None,
    "consecutive_missed_sessions": None,
}


@dataclass(frozen=True)
class Following:
    events: list[Any]
    progress: list[Any]
    days: list[Any]
    facts: list[Any]
    inputs: list[Any]


def what_follows() -> Following:
    """By lessons' activities in place of their ids, which depend on who came first."""
    return Following(
        events=list(Event.objects.order_by("position").annotate(about=F("lesson__activity_id")).values(*_of_events())),
        progress=list(
            LessonProgress.objects.order_by("learner", "lesson__activity_id").values(
                "learner", "lesson__activity_id", "begun_at", "last_at", "completed_at", "best_mark"
            )
        ),
        days=list(ActiveDay.objects.order_by("learner", "day").values_list("learner", "day")),
        facts=list(LearnerFacts.objects.exclude(**SAY_NOTHING).order_by("pk").values()),
        inputs=list(Learner.objects.order_by("pk").values("pk", *INPUTS)),
    )


def _of_events() -> list[str]:
    return [*(field.attname for field in Event._meta.concrete_fields if field.name != "lesson"), "about"]


def fold_all() -> None:
    """Until nothing waits, neither statements nor questions."""
    while fold() or identify():
        pass
    assert not Unfolded.objects.exists()
    assert not NameChange.objects.exists()
    assert not PoisonedMessage.objects.exists()


def start_from_the_record() -> None:
    """Forget all that followed, and make it again."""
    for model in (Event, LessonProgress, ActiveDay, LearnerFacts, Actor, NameChange):
        model.objects.all().delete()
    Lesson.objects.filter(discovered=True).delete()
    Learner.objects.update(**dict.fromkeys(INPUTS))
    rebuild_events(on_progress=lambda read: None)
    rebuild_facts()
