"""Two schedulers, and a person at the terminal, at the same moment: on PostgreSQL, where they really are."""

from datetime import UTC, datetime

import pytest

from activity.models import Lesson
from jobs.models import JobRun
from learners.tests.factories import LearnerFactory
from learners.tests.threads import at_once
from nudges.models import Campaign, Nudge, NudgeBatch, NudgeEvent
from nudges.reminders.services import reminder_campaign, send_reminders
from nudges.tests.factories import FallbackTemplateFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("postgresql")]

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_runs_at_the_same_moment_remind_each_learner_once():
    FallbackTemplateFactory(body="Hi {first_name}, {task} is for {deadline}: {link} – {coordinator}")
    learners = [LearnerFactory() for _ in range(40)]
    Lesson.objects.create(program=learners[0].program, activity_id="urn:1", title="Loops", due_on=NOW.date())
    reminder_campaign()
    Campaign.objects.update(is_on=True)

    at_once(*[lambda: send_reminders(NOW)] * 3)

    assert Nudge.objects.count() == Nudge.objects.values("learner").distinct().count() == 40
    assert NudgeEvent.objects.count() == 40
    assert sum(NudgeBatch.objects.get().counts.values()) == 40
    assert sorted(sum(run.counts.values()) for run in JobRun.objects.all()) == [0, 0, 40]


def test_first_ones_to_ask_make_one_campaign():
    at_once(reminder_campaign, reminder_campaign)
    assert Campaign.objects.count() == 1
