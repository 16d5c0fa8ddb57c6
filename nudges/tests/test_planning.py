import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.planning import counting
from nudges.audience import Audience
from nudges.bulk import draft_batch
from nudges.planning import plan, texts_of
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory

pytestmark = pytest.mark.django_db


def drafted(coordinator, learners):
    audience = Audience(uids=tuple(learner.uid for learner in learners))
    return draft_batch(audience=audience, channel="in-app", type="reminder", language="en", by=coordinator)


@pytest.fixture
def template():
    return FallbackTemplateFactory(body="Hi {first_name}!")


def test_both_sides_are_counted_before_sending(coordinator, template):
    learners = LearnerFactory.create_batch(5)
    NudgeFactory(learner=learners[0], state="sent", due_at=timezone.now())
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    batch = drafted(coordinator, learners)
    counted = plan(batch, texts=texts_of(batch), now=timezone.now())
    assert (counted.going, counted.total) == (3, 5)
    assert counted.not_going == {"capped_day": 1, "no_consent": 1}
    assert counted.names["capped_day"] == [learners[0]]
    assert counted.names["allowed"] == learners[2:]


def test_large_audience_is_counted_in_part(coordinator, template, monkeypatch):
    monkeypatch.setattr(counting, "CHUNK", 2)
    monkeypatch.setattr(counting, "PLANNED", 4)
    batch = drafted(coordinator, LearnerFactory.create_batch(7))
    counted = plan(batch, texts=texts_of(batch), now=timezone.now())
    assert (counted.going, counted.matching, counted.uncounted) == (4, 7, 3)
