"""Facts while others write to the same learners. Only PostgreSQL lets them: SQLite has one writer at a time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from activity.changes import announce_facts
from activity.facts.decisions import record_attendance
from activity.facts.lessons import assign_lessons
from activity.facts.services import apply_events, rebuild
from activity.models import Event, LearnerFacts
from activity.tests.factories import LessonFactory, SessionFactory
from learners.models import Learner
from learners.services import update_learner
from learners.tests.factories import CohortFactory, LearnerFactory
from learners.tests.threads import at_once
from riskscoring.services import recompute_risk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("postgresql")]


def test_batches_runs_edits_and_decisions_at_once_lose_nothing():
    """They meet on the same learners, lessons and sessions, in crossed order; a class is touched by each."""
    now = timezone.now()
    cohort = CohortFactory()
    learners = LearnerFactory.create_batch(12, cohort=cohort, program=cohort.program)
    Learner.objects.update(created_at=now - timedelta(days=30))
    LessonFactory(program=cohort.program, activity_id="https://example.org/0", due_on=now.date())
    sessions = [
        SessionFactory(
            cohort=cohort,
            activity_id=f"https://example.org/s{number}",
            starts_at=now - timedelta(days=number + 1, hours=1),
            ends_at=now - timedelta(days=number + 1),
        )
        for number in range(6)
    ]

    def fold(worker):
        for turn in range(8):
            events = [
                Event(
                    position=worker * 10_000 + turn * 100 + number,
                    learner=learner,
                    verb="v",
                    object_id=f"https://example.org/{kind}{(turn + worker) % 6}",
                    meaning=meaning,
                    occurred_at=now - timedelta(days=turn, hours=worker),
                )
                for number, learner in enumerate(learners[:: 1 if worker % 2 else -1])
                for kind, meaning in [("", "completed") if number % 2 else ("s", "attended")]
                if (number + turn) % 3
            ]
            with transaction.atomic():
                assign_lessons(events)
                Event.objects.bulk_create(events)
                announce_facts(apply_events(events))

    def run():
        for _ in range(4):
            recompute_risk(as_of=now.date(), trigger="test")

    def edit():
        for number, learner in enumerate(learners):
            update_learner(learner=learner, values={"completed_percent": number}, by=None, trigger="test")

    def decide():
        for session in sessions:
            record_attendance(session=session, learner=learners[0], answer="excused", by=None)

    at_once(lambda: fold(1), lambda: fold(2), lambda: fold(3), run, edit, decide)
    columns = ("learner", "last_activity_at", "completed_percent", "consecutive_missed_sessions")
    facts = set(LearnerFacts.objects.values_list(*columns))
    inputs = set(Learner.objects.values_list("pk", "completed_percent", "consecutive_missed_sessions"))
    assert rebuild(None) == set()
    assert set(LearnerFacts.objects.values_list(*columns)) == facts
    assert inputs == {(pk, completed, missed) for pk, _, completed, missed in facts}
