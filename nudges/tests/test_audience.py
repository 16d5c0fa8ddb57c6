import json
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.http import QueryDict

from activity.models import Lesson
from learners.tests.factories import LearnerFactory, ProgramFactory
from nudges.audience import Audience, AudienceInvalid


def test_audience_reads_and_writes_the_query_string():
    named = Audience.from_query(QueryDict("learner=a&learner=b&learner=a&level=high"))
    assert named == Audience(uids=("a", "b"))
    everyone = Audience.from_query(QueryDict("all=1&level=high&level=low&q=a%26b&order=name&page=3"))
    assert everyone.query == "level=high&level=low&q=a%26b"
    assert everyone.pairs == [("all", "1"), ("level", "high"), ("level", "low"), ("q", "a&b")]
    for audience in (named, everyone):
        assert Audience.from_json(audience.as_json()) == audience


@pytest.mark.django_db
def test_filter_that_can_not_be_read_selects_nobody(coordinator):
    with pytest.raises(AudienceInvalid):
        Audience(query="level=bogus").learners(coordinator)


@pytest.mark.django_db
def test_reminders_mean_who_has_something_to_do_on_that_day_of_theirs():
    learner, _ = LearnerFactory(timezone="UTC"), LearnerFactory(program=ProgramFactory(name="Another"))
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    Lesson.objects.create(program=learner.program, activity_id="urn:1", title="Loops", due_on=now.date())
    today, tomorrow = Audience(reminders_on=now.date()), Audience(reminders_on=now.date() + timedelta(days=1))

    with mock.patch("django.utils.timezone.now", return_value=now):
        assert list(today.learners(None)) == [learner]
        assert list(tomorrow.learners(None)) == []
    assert Audience.from_json(json.loads(json.dumps(today.as_json()))) == today
    assert today.is_automatic
    assert not today.is_empty
