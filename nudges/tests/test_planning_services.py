from datetime import UTC, datetime, timedelta

import pytest

from activity.models import UsualHour
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.audience import Audience
from nudges.gate import Purpose, decide_for
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


def automatic(learners, **fields):
    for learner in learners:
        RiskScoreFactory(learner=learner, inputs_known=4)
    return batch_for(learners, **{"origin": "campaign"} | fields)


def test_holdout_gets_nothing_and_is_who_the_gate_says():
    learners = LearnerFactory.create_batch(40)
    batch = automatic(learners, holdout_percent=50, salt=7)
    counts = plan_batch(batch, now=NOW)
    purpose = Purpose(is_automatic=True, goal="reminder", holdout_percent=50, salt=7)
    said = decide_for([learner.pk for learner in learners], channel="in-app", now=NOW, purpose=purpose)
    held_out = {pk for pk, decision in said.items() if decision.code == "holdout"}
    # What this batch queued counts for the gate by now, so that others are capped: who is held out is not.
    assert {nudge.learner_id for nudge in batch.nudges.filter(arm="holdout")} >= held_out
    assert counts["holdout"] == batch.nudges.filter(arm="holdout", reason="holdout", state="suppressed").count() > 0
    assert set(batch.nudges.filter(state="queued").values_list("arm", flat=True)) == {"a"}


def test_two_messages_are_shared_out_by_another_chance_than_the_holdout():
    batch = automatic(LearnerFactory.create_batch(60), wordings=[{}, {"arm": "b"}], holdout_percent=50, salt=7)
    plan_batch(batch, now=NOW)
    assert set(batch.nudges.values_list("arm", flat=True)) == {"a", "b", "holdout"}
    assert all(nudge.arm == nudge.wording.arm for nudge in batch.nudges.filter(state="queued"))


def test_rest_of_a_rollout_waits_without_a_time():
    batch = batch_for(LearnerFactory.create_batch(40), rollout_percent=50, salt=3)
    assert plan_batch(batch, now=NOW) == {"allowed": 40}
    assert {(nudge.stage, nudge.due_at) for nudge in batch.nudges.all()} == {(0, NOW), (1, None)}


def test_learner_gets_the_text_in_their_language_that_they_did_not_have_lately():
    had, fresh = FallbackTemplateFactory.create_batch(2)
    first, second, bengali = LearnerFactory(), LearnerFactory(), LearnerFactory(language="bn")
    NudgeFactory(learner=second, state="sent", template=had, due_at=NOW - timedelta(days=8))
    texts = [{"template": had}, {"template": fresh, "turn": 1}, {"language": "bn"}]
    batch = batch_for([first, second, bengali], wordings=texts)
    plan_batch(batch, now=NOW)
    assert (planned(batch, first).template, planned(batch, second).template) == (had, fresh)
    assert planned(batch, bengali).language == "bn"


def test_learner_who_had_all_texts_lately_gets_none():
    template = FallbackTemplateFactory()
    learner = NudgeFactory(state="sent", template=template, due_at=NOW - timedelta(days=8)).learner
    assert plan_batch(batch_for([learner], wordings=[{"template": template}]), now=NOW) == {"template_repeat": 1}


def test_text_that_names_what_is_not_known_is_not_sent():
    known, unknown = LearnerFactory(completed_percent=40), LearnerFactory()
    batch = batch_for([known, unknown], wordings=[{"needs": 1}])
    assert plan_batch(batch, now=NOW) == {"allowed": 1, "fact_missing": 1}
    assert planned(batch, unknown).reason == "fact_missing"


def test_first_open_channel_is_taken():
    by_email, in_app = ContactPreferenceFactory(channel="email").learner, LearnerFactory()
    batch = batch_for([by_email, in_app], channels=["email", "in-app"], wordings=[{"channel": "email"}, {}])
    assert plan_batch(batch, now=NOW) == {"allowed": 2}
    assert (planned(batch, by_email).channel, planned(batch, in_app).channel) == ("email", "in-app")


def test_it_leaves_in_the_window_at_each_learners_own_hour():
    known, unknown = LearnerFactory.create_batch(2)
    UsualHour.objects.create(learner=known, hour=15, events=9)
    batch = batch_for([known, unknown], window_from=9, window_until=20, usual_hour=17, learns_hours=True)
    plan_batch(batch, now=NOW)
    assert (planned(batch, known).due_at.hour, planned(batch, unknown).due_at.hour) == (15, 17)
