from datetime import UTC, datetime, timedelta

import pytest

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.gate import decide_for, decide_for_channels, may_still_reach
from nudges.states import COUNTED, State
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def code(learner, channel="in-app", **options) -> str:
    return decide_for([learner.pk], channel=channel, now=NOW, **options)[learner.pk].code


@pytest.mark.parametrize("state", State.values)
def test_only_nudges_that_arrive_or_may_use_up_the_cap(state):
    nudge = NudgeFactory(state=state, queued_at=NOW - timedelta(hours=1))
    assert code(nudge.learner) == ("capped_day" if state in COUNTED else "allowed")


def test_cap_counts_every_channel():
    nudge = NudgeFactory(state="delivered", channel="in-app", queued_at=NOW - timedelta(hours=1))
    ContactPreferenceFactory(learner=nudge.learner, channel="email")
    assert code(nudge.learner, "email") == "capped_day"


def test_two_in_a_week_are_enough():
    learner = LearnerFactory()
    for days in (2, 4, 8):
        NudgeFactory(learner=learner, state="sent", queued_at=NOW - timedelta(days=days))
    assert code(learner) == "capped_week"


def test_consent_for_one_channel_says_nothing_of_another():
    learner = ContactPreferenceFactory(channel="email").learner
    assert code(learner, "email") == "allowed"
    assert code(learner, "sms") == "no_consent"


def test_address_is_the_one_of_the_channel():
    learner = LearnerFactory(email=None, phone="")
    for channel in ("email", "sms", "whatsapp"):
        ContactPreferenceFactory(learner=learner, channel=channel)
        assert code(learner, channel) == "no_address"
    assert code(learner, "in-app") == "allowed"


def test_unconfirmed_address_is_not_written_to():
    learner = ContactPreferenceFactory(channel="email", verified_at=None).learner
    assert code(learner, "email") == "address_not_verified"


def test_automatic_nudge_to_a_learner_without_a_score_is_held_back():
    learner = LearnerFactory()
    assert code(learner, is_automatic=True) == "not_enough_data"
    assert code(learner) == "allowed"


def test_any_number_of_learners_takes_one_query(django_assert_num_queries):
    nudged = NudgeFactory(state="sent", queued_at=NOW - timedelta(hours=1)).learner
    refused = ContactPreferenceFactory(channel="in-app", allowed=False).learner
    others = LearnerFactory.create_batch(5)
    ids = [learner.pk for learner in (nudged, refused, *others)]
    with django_assert_num_queries(1):
        decisions = decide_for(ids, channel="in-app", now=NOW)
    assert decisions[nudged.pk].code == "capped_day"
    assert decisions[refused.pk].code == "no_consent"
    assert all(decisions[learner.pk].go for learner in others)


def test_all_channels_of_one_learner_take_one_query(django_assert_num_queries):
    learner = ContactPreferenceFactory(channel="email").learner
    ContactPreferenceFactory(learner=learner, channel="sms")
    for days in (2, 4):
        NudgeFactory(learner=learner, state="sent", queued_at=NOW - timedelta(days=days))
    with django_assert_num_queries(1):
        decisions = decide_for_channels(learner, now=NOW)
    assert {channel: decision.code for channel, decision in decisions.items()} == {
        "in-app": "capped_week",
        "email": "capped_week",
        "whatsapp": "no_consent",
        "sms": "no_address",
    }


def test_nobody_asked_nobody_answered():
    assert decide_for([], channel="email", now=NOW) == {}


def test_the_nudge_that_leaves_is_not_stopped_by_its_own_cap():
    learner = NudgeFactory(state="queued", queued_at=NOW).learner
    assert may_still_reach(learner, channel="in-app", now=NOW).go
    assert may_still_reach(learner, channel="email", now=NOW).code == "no_consent"


@pytest.mark.parametrize(("reason", "expected"), [("provider_timeout", "capped_day"), ("refused", "allowed")])
def test_failed_nudge_uses_up_the_cap_when_it_may_have_arrived_all_the_same(reason, expected):
    nudge = NudgeFactory(state="failed", reason=reason, queued_at=NOW - timedelta(hours=1))
    assert code(nudge.learner) == expected
