from datetime import UTC, datetime, timedelta

import pytest

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.audience import Audience
from nudges.models import Nudge, NudgeBatch, Wording
from nudges.planning import plan_batch, preview
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def batch_for(learners, *, wordings=({},), **fields) -> NudgeBatch:
    """A batch for these learners, with a text for everyone unless other `wordings` are named."""
    audience = Audience(uids=tuple(learner.uid for learner in learners))
    batch = NudgeBatch.objects.create(
        **{"audience": audience.as_json(), "channel": "in-app", "channels": ["in-app"], "type": "reminder"} | fields
    )
    for wording in wordings:
        word(batch, **wording)
    return batch


def word(batch, **fields) -> Wording:
    place = {"channel": "in-app", "language": "en", "body": "Hi {first_name}!", "source": "template"}
    return Wording.objects.create(batch=batch, **place | fields)


def planned(batch, learner) -> Nudge:
    return batch.nudges.get(learner=learner)


def test_every_learner_gets_a_nudge_queued_or_not_sent_with_its_reason():
    goes, capped, refused = LearnerFactory.create_batch(3)
    NudgeFactory(learner=capped, state="sent", due_at=NOW - timedelta(hours=2))
    ContactPreferenceFactory(learner=refused, channel="in-app", allowed=False)
    batch = batch_for([goes, capped, refused])
    assert plan_batch(batch, now=NOW) == {"allowed": 1, "capped_day": 1, "no_consent": 1}
    nudge = planned(batch, goes)
    assert (nudge.state, nudge.reason, nudge.due_at, nudge.queued_at) == ("queued", "", NOW, NOW)
    assert (nudge.wording, nudge.goal, nudge.correlation_id) == (batch.wordings.get(), "reminder", batch.uuid)
    for learner, reason in ((capped, "capped_day"), (refused, "no_consent")):
        stopped = planned(batch, learner)
        assert (stopped.state, stopped.reason, stopped.due_at) == ("suppressed", reason, None)
        assert stopped.wording is None
        assert list(stopped.events.values_list("state", "reason")) == [("suppressed", reason)]
    assert len({nudge.uuid for nudge in Nudge.objects.all()}) == Nudge.objects.count()


def test_preview_counts_what_planning_then_does_and_stores_nothing():
    learners = LearnerFactory.create_batch(5)
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    batch = batch_for(learners)
    seen = preview(batch, now=NOW)
    assert not batch.nudges.exists()
    assert (seen.going, seen.not_going, seen.total) == (4, {"no_consent": 1}, 5)
    assert seen.names == {"allowed": [learners[0], *learners[2:]], "no_consent": [learners[1]]}
    assert plan_batch(batch, now=NOW) == {"allowed": seen.going} | seen.not_going


def test_planning_takes_as_many_statements_for_3_learners_as_for_300(django_assert_max_num_queries):
    template = FallbackTemplateFactory()
    counted = []
    for learners in (3, 300):
        batch = batch_for(LearnerFactory.create_batch(learners), wordings=[{"template": template}], holdout_percent=10)
        batch.origin = "campaign"
        batch.save()
        with django_assert_max_num_queries(32) as statements:
            plan_batch(batch, now=NOW)
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_nobody_meant_nobody_planned():
    assert plan_batch(batch_for([]), now=NOW) == {}
    assert preview(batch_for([]), now=NOW).total == 0
