from datetime import UTC, datetime, timedelta

import pytest

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory, ProgramFactory
from nudges.gate import Purpose, chance, decide_each, decide_for, decide_for_channels
from nudges.models import AutomationStop, ContactPolicy, Reply
from nudges.states import COUNTED, State
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def code(learner, channel="in-app", **options) -> str:
    return decide_for([learner.pk], channel=channel, now=NOW, **options)[learner.pk].code


@pytest.mark.parametrize("state", State.values)
def test_only_nudges_that_arrive_or_may_use_up_the_cap(state):
    nudge = NudgeFactory(state=state, due_at=NOW - timedelta(hours=1))
    assert code(nudge.learner) == ("capped_day" if state in COUNTED else "allowed")


def test_cap_counts_every_channel():
    nudge = NudgeFactory(state="delivered", channel="in-app", due_at=NOW - timedelta(hours=1))
    ContactPreferenceFactory(learner=nudge.learner, channel="email")
    assert code(nudge.learner, "email") == "capped_day"


def test_two_in_a_week_are_enough():
    learner = LearnerFactory()
    for days in (2, 4, 8):
        NudgeFactory(learner=learner, state="sent", due_at=NOW - timedelta(days=days))
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
    assert code(learner, purpose=Purpose(is_automatic=True)) == "not_enough_data"
    assert code(learner) == "allowed"


def test_any_number_of_learners_takes_a_fixed_number_of_queries(django_assert_num_queries):
    nudged = NudgeFactory(state="sent", due_at=NOW - timedelta(hours=1)).learner
    refused = ContactPreferenceFactory(channel="in-app", allowed=False).learner
    others = LearnerFactory.create_batch(5)
    ids = [learner.pk for learner in (nudged, refused, *others)]
    with django_assert_num_queries(4):
        decisions = decide_for(ids, channel="in-app", now=NOW)
    assert decisions[nudged.pk].code == "capped_day"
    assert decisions[refused.pk].code == "no_consent"
    assert all(decisions[learner.pk].go for learner in others)


def test_as_many_purposes_as_learners_take_no_more_queries(django_assert_num_queries):
    learners = RiskScoreFactory.create_batch(4)
    purposes = {
        risk.learner_id: Purpose(is_automatic=number > 0, goal=f"lesson:{number}")
        for number, risk in enumerate(learners)
    }
    for pk, goal in zip(purposes, ["lesson:0", "lesson:1", "lesson:9", ""], strict=True):
        AutomationStop.objects.create(learner_id=pk, goal=goal, cause="reply", since=NOW)
    with django_assert_num_queries(6):
        decisions = decide_each(purposes, channel="in-app", now=NOW)
    assert [decision.code for decision in decisions.values()] == ["allowed", "stopped", "allowed", "stopped"]


def test_all_channels_of_one_learner_take_as_many(django_assert_num_queries):
    learner = ContactPreferenceFactory(channel="email").learner
    ContactPreferenceFactory(learner=learner, channel="sms")
    for days in (2, 4):
        NudgeFactory(learner=learner, state="sent", due_at=NOW - timedelta(days=days))
    with django_assert_num_queries(5):
        decisions = decide_for_channels(learner, now=NOW)
    assert {channel: decision.code for channel, decision in decisions.items()} == {
        "in-app": "capped_week",
        "email": "capped_week",
        "whatsapp": "no_consent",
        "sms": "no_address",
    }


def test_nobody_asked_nobody_answered():
    assert decide_for([], channel="email", now=NOW) == {}


def test_the_nudge_that_leaves_is_not_held_against_itself():
    nudge = NudgeFactory(state="queued", due_at=NOW)
    assert code(nudge.learner) == "capped_day"
    assert code(nudge.learner, leaving=[nudge.pk]) == "allowed"
    assert code(nudge.learner, "email", leaving=[nudge.pk]) == "no_consent"


def test_of_two_that_wait_the_first_leaves_and_the_second_does_not():
    learner = LearnerFactory()
    first, second = (NudgeFactory(learner=learner, state="queued", due_at=NOW) for _ in range(2))
    assert code(learner, leaving=[first.pk]) == "allowed"
    first.state = "sending"
    first.save()
    assert code(learner, leaving=[second.pk]) == "capped_day"


@pytest.mark.parametrize(("reason", "expected"), [("provider_timeout", "capped_day"), ("provider_busy", "allowed")])
def test_nudge_that_waits_to_be_tried_again_counts_when_it_may_have_arrived(reason, expected):
    learner = LearnerFactory()
    tried = NudgeFactory(learner=learner, state="queued", reason=reason, tries=1, due_at=NOW + timedelta(minutes=1))
    other = NudgeFactory(learner=learner, state="queued", due_at=NOW)
    assert code(learner, leaving=[other.pk]) == expected
    assert code(learner, leaving=[tried.pk]) == "allowed"


@pytest.mark.parametrize(("reason", "expected"), [("provider_timeout", "capped_day"), ("refused", "allowed")])
def test_failed_nudge_uses_up_the_cap_when_it_may_have_arrived_all_the_same(reason, expected):
    nudge = NudgeFactory(state="failed", reason=reason, due_at=NOW - timedelta(hours=1))
    assert code(nudge.learner) == expected


ON_A_GOAL = Purpose(goal="lesson:1")
AUTOMATIC = Purpose(is_automatic=True, goal="lesson:1")


def known_well(**fields):
    return scored(LearnerFactory(**fields))


def scored(learner):
    RiskScoreFactory(learner=learner, inputs_known=4)
    return learner


def nudged(learner, *, days=2, state="sent", goal="lesson:1", **fields):
    return NudgeFactory(learner=learner, state=state, goal=goal, due_at=NOW - timedelta(days=days), **fields)


def test_one_goal_is_counted_over_four_weeks_and_not_with_others():
    learner = LearnerFactory()
    for days in (8, 15, 27):
        nudged(learner, days=days)
    assert code(learner, purpose=ON_A_GOAL) == "goal_limit"
    assert code(learner, purpose=Purpose(goal="lesson:2")) == "allowed"
    assert code(learner) == "allowed"


def test_goal_of_longer_ago_is_forgotten():
    learner = LearnerFactory()
    for days in (8, 15, 28):
        nudged(learner, days=days)
    assert code(learner, purpose=ON_A_GOAL) == "allowed"


def test_two_unanswered_nudges_end_automation_on_that_goal_only():
    learner = known_well(last_login=NOW - timedelta(days=20))
    for days in (8, 15):
        nudged(learner, days=days)
    assert code(learner, purpose=AUTOMATIC) == "handed_over"
    assert code(learner, purpose=Purpose(is_automatic=True, goal="lesson:2")) == "allowed"
    assert code(learner, purpose=ON_A_GOAL) == "allowed"


def test_whoever_came_back_since_has_answered():
    learner = known_well(last_login=NOW - timedelta(days=9))
    for days in (8, 15):
        nudged(learner, days=days)
    assert code(learner, purpose=AUTOMATIC) == "allowed"


def test_whoever_replied_on_any_channel_has_answered():
    learner = known_well(last_login=None)
    for days in (8, 15):
        nudged(learner, days=days)
    Reply.objects.create(learner=learner, channel="sms", kind="text", at=NOW - timedelta(days=9))
    assert code(learner, purpose=AUTOMATIC) == "allowed"


def test_what_still_waits_is_not_unanswered():
    learner = known_well(last_login=None)
    nudged(learner, days=8)
    nudged(learner, days=8, state="queued")
    assert code(learner, purpose=AUTOMATIC) == "allowed"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "stopped"),
        ({"goal": "lesson:1"}, "stopped"),
        ({"goal": "lesson:2"}, "allowed"),
        ({"until": NOW + timedelta(seconds=1)}, "stopped"),
        ({"until": NOW}, "allowed"),
        ({"lifted_at": NOW - timedelta(days=1)}, "allowed"),
    ],
)
def test_stop_holds_on_its_goal_until_it_ends_or_is_lifted(fields, expected):
    learner = known_well()
    AutomationStop.objects.create(learner=learner, cause="reply", since=NOW - timedelta(days=2), **fields)
    assert code(learner, purpose=AUTOMATIC) == expected
    assert code(learner) == "allowed"


@pytest.mark.parametrize(
    ("days", "fields", "expected"),
    [
        (13, {}, "template_repeat"),
        (14, {}, "allowed"),
        (13, {"edited": True}, "allowed"),
        (13, {"state": "suppressed"}, "allowed"),
        (13, {"channel": "sms"}, "template_repeat"),
    ],
)
def test_no_template_twice_within_two_weeks(days, fields, expected):
    learner, template = LearnerFactory(), FallbackTemplateFactory()
    nudged(learner, days=days, template=template, **fields)
    assert code(learner, purpose=Purpose(template_id=template.pk)) == expected
    assert code(learner, purpose=Purpose(template_id=FallbackTemplateFactory().pk)) == "allowed"


@pytest.mark.parametrize(
    ("channel", "hours", "expected"),
    [("whatsapp", 23, "allowed"), ("whatsapp", 24, "outside_window"), ("sms", 1, "outside_window")],
)
def test_whatsapp_is_open_for_a_day_after_the_learner_wrote_there(channel, hours, expected):
    learner = LearnerFactory(phone="+8801712345678")
    ContactPreferenceFactory(learner=learner, channel="whatsapp")
    Reply.objects.create(learner=learner, channel=channel, kind="text", at=NOW - timedelta(hours=hours))
    assert code(learner, "whatsapp") == expected
    assert code(learner, "whatsapp", purpose=Purpose(is_approved=True)) == "allowed"


def test_holdout_is_the_same_learners_every_time():
    learners = [known_well() for _ in range(30)]
    purpose = Purpose(is_automatic=True, holdout_percent=50, salt=7)
    held_out = {learner.pk for learner in learners if code(learner, purpose=purpose) == "holdout"}
    assert held_out == {learner.pk for learner in learners if chance.draw(learner.pk, 7) < 5000}
    assert 0 < len(held_out) < 30


def test_limits_are_those_of_the_learners_program():
    strict, easy = ProgramFactory(name="Strict"), ProgramFactory(name="Easy")
    ContactPolicy.objects.create(program=easy, max_per_day=2, min_gap_hours=0, quiet_from=0, quiet_until=0)
    ContactPolicy.objects.create(program=None, max_per_day=0, quiet_from=0, quiet_until=0)
    nudge = NudgeFactory(learner=LearnerFactory(program=easy), state="sent", due_at=NOW - timedelta(hours=1))
    assert code(nudge.learner) == "allowed"
    assert code(LearnerFactory(program=strict)) == "capped_day"
    assert code(LearnerFactory(program=None)) == "capped_day"


def test_quiet_hours_are_kept_in_the_learners_zone():
    ContactPolicy.objects.create(quiet_from=21, quiet_until=8)
    awake, asleep = LearnerFactory(timezone="UTC"), LearnerFactory(timezone="Pacific/Honolulu")  # 02:00 there
    assert code(awake) == "allowed"
    decision = decide_for([asleep.pk], channel="in-app", now=NOW)[asleep.pk]
    assert (decision.code, decision.until) == ("quiet_hours", datetime(2026, 11, 20, 18, tzinfo=UTC))


@pytest.mark.parametrize(("status", "expected"), [("finished", "finished_course"), ("left", "left_course")])
def test_who_finished_or_left_is_not_written_to(status, expected):
    assert code(LearnerFactory(status=status)) == expected


def test_address_that_bounced_is_not_tried_again():
    learner = ContactPreferenceFactory(channel="email", bounced_at=NOW).learner
    assert code(learner, "email") == "bounced"
