from datetime import UTC, datetime, timedelta

import pytest

from nudges.gate.rules import (
    A_PERSONS_OWN,
    Code,
    ContactFacts,
    Policy,
    Purpose,
    decide,
    describe,
    is_quiet,
    quiet_until,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)
AUTOMATIC = Purpose(is_automatic=True, goal="lesson:1")


def contact(**changes) -> ContactFacts:
    """A learner who agreed to email at a confirmed address."""
    return ContactFacts(
        **{"channel": "email", "consent": True, "address": "a@example.org", "address_is_verified": True} | changes
    )


def code(purpose=A_PERSONS_OWN, **changes) -> Code:
    return decide(contact(**changes), Policy(), purpose, NOW).code


def ago(**span) -> datetime:
    return NOW - timedelta(**span)


def test_learner_who_agreed_and_was_left_in_peace_is_contacted():
    decision = decide(contact(), Policy(), Purpose(), NOW)
    assert decision.go
    assert decision.code == "allowed"


@pytest.mark.parametrize(
    ("channel", "consent", "goes"),
    [
        ("in-app", None, True),  # on until the learner says no
        ("in-app", False, False),
        ("email", None, False),  # off until the learner says yes
        ("sms", None, False),
        ("whatsapp", None, False),
        ("sms", True, True),
    ],
)
def test_consent_is_asked_per_channel(channel, consent, goes):
    decision = decide(contact(channel=channel, consent=consent, wrote_lately=True), Policy(), Purpose(), NOW)
    assert decision.go is goes
    assert goes or decision.code == "no_consent"


def test_learner_without_an_address_is_skipped():
    assert code(address="") == "no_address"


def test_learner_with_an_unconfirmed_address_is_skipped():
    assert code(address_is_verified=False) == "address_not_verified"


def test_in_app_needs_no_address():
    assert code(channel="in-app", address="", address_is_verified=False) == "allowed"


@pytest.mark.parametrize(
    ("nudged_at", "expected"),
    [
        ([ago(hours=23, minutes=59, seconds=59)], "capped_day"),
        ([ago(hours=24)], "allowed"),
        ([ago(days=2)], "allowed"),
        ([ago(days=2), ago(days=6, hours=23)], "capped_week"),
        ([ago(days=2), ago(days=7)], "allowed"),
        ([ago(hours=1), ago(days=2)], "capped_day"),
        ([NOW], "capped_day"),
    ],
)
def test_at_most_one_a_day_and_two_a_week(nudged_at, expected):
    assert code(nudged_at=tuple(nudged_at)) == expected


def test_caps_come_from_the_policy():
    facts = contact(nudged_at=(ago(hours=1),))
    assert decide(facts, Policy(max_per_day=2, min_gap_hours=1), Purpose(), NOW).go
    assert decide(contact(), Policy(max_per_day=0), Purpose(), NOW).code == "capped_day"


@pytest.mark.parametrize(
    ("inputs_known", "is_automatic", "expected"),
    [(1, True, "not_enough_data"), (0, True, "not_enough_data"), (2, True, "allowed"), (0, False, "allowed")],
)
def test_automatic_nudges_need_enough_data(inputs_known, is_automatic, expected):
    assert code(Purpose(is_automatic=is_automatic), inputs_known=inputs_known) == expected


@pytest.mark.parametrize(("status", "expected"), [("finished", "finished_course"), ("left", "left_course")])
def test_who_finished_or_left_the_course_is_left_alone_first_of_all(status, expected):
    assert code(status=status, consent=False) == expected


def test_address_that_bounced_is_not_written_to():
    assert code(has_bounced=True) == "bounced"
    assert code(channel="in-app", has_bounced=True) == "allowed"


@pytest.mark.parametrize(
    ("wrote_lately", "is_approved", "expected"),
    [(False, False, "outside_window"), (True, False, "allowed"), (False, True, "allowed")],
)
def test_whatsapp_takes_free_text_only_as_an_answer(wrote_lately, is_approved, expected):
    assert code(Purpose(is_approved=is_approved), channel="whatsapp", wrote_lately=wrote_lately) == expected
    assert code(Purpose(is_approved=is_approved), channel="sms", wrote_lately=wrote_lately) == "allowed"


def test_stop_of_automation_stops_only_what_is_automatic():
    assert code(AUTOMATIC, is_stopped=True, inputs_known=4) == "stopped"
    assert code(is_stopped=True) == "allowed"


@pytest.mark.parametrize(("unanswered", "expected"), [(1, "allowed"), (2, "handed_over"), (3, "handed_over")])
def test_after_two_unanswered_nudges_automation_hands_over(unanswered, expected):
    assert code(AUTOMATIC, unanswered_on_goal=unanswered, inputs_known=4) == expected
    assert code(unanswered_on_goal=unanswered) == "allowed"


@pytest.mark.parametrize(("nudged", "expected"), [(2, "allowed"), (3, "goal_limit"), (4, "goal_limit")])
def test_one_goal_is_asked_for_three_times(nudged, expected):
    assert code(Purpose(goal="reminder"), nudged_on_goal=nudged) == expected


def test_no_goal_has_no_limit_of_its_own():
    assert code(Purpose(goal=""), nudged_on_goal=9) == "allowed"


def test_same_template_is_not_sent_again():
    assert code(Purpose(template_id=7), had_template=True) == "template_repeat"


def test_two_need_some_hours_between_them_where_two_a_day_are_allowed():
    policy = Policy(max_per_day=2)
    assert decide(contact(nudged_at=(ago(hours=3),)), policy, Purpose(), NOW).code == "too_soon"
    assert decide(contact(nudged_at=(ago(hours=4),)), policy, Purpose(), NOW).go


def test_holdout_gets_nothing_automatic():
    assert code(AUTOMATIC, is_held_out=True, inputs_known=4) == "holdout"
    assert code(is_held_out=True) == "allowed"


def test_holdout_is_asked_of_those_alone_who_would_have_got_it():
    assert code(AUTOMATIC, is_held_out=True, inputs_known=4, nudged_at=(NOW,)) == "capped_day"


def test_quiet_hours_make_a_nudge_wait_and_say_until_when():
    decision = decide(contact(), Policy(), Purpose(), NIGHT)
    assert (decision.go, decision.may_wait, decision.code) == (False, True, "quiet_hours")
    assert decision.until == datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_quiet_hours_are_the_learners_own():
    assert decide(contact(timezone="America/New_York"), Policy(), Purpose(), NIGHT).go  # 18:00 there
    assert decide(contact(timezone="Asia/Dhaka"), Policy(), Purpose(), NIGHT).until == datetime(
        2026, 11, 21, 2, tzinfo=UTC
    )


def test_unknown_zone_counts_as_utc():
    for zone in ("Mars/Olympus", "", "../etc/passwd"):
        assert quiet_until(zone, Policy(), NIGHT) == quiet_until("UTC", Policy(), NIGHT)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "quiet"),
    [(21, 8, {21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}), (0, 6, {0, 1, 2, 3, 4, 5}), (9, 9, set()), (23, 0, {23})],
)
def test_quiet_hours_may_pass_midnight_or_be_none(quiet_from, quiet_until, quiet):
    policy = Policy(quiet_from=quiet_from, quiet_until=quiet_until)
    assert {hour for hour in range(24) if is_quiet(hour, policy)} == quiet


def test_clocks_that_change_in_the_night_do_not_shift_its_end():
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)  # the clocks go back at 01:00 UTC
    assert quiet_until("Europe/Berlin", Policy(), night) == datetime(2026, 10, 25, 7, tzinfo=UTC)


def test_first_reason_wins():
    assert code(consent=False, address="", nudged_at=(NOW,)) == "no_consent"
    assert code(address="", nudged_at=(NOW,)) == "no_address"


def test_each_code_has_its_sentence():
    assert all(str(describe(code)) for code in Code)


def test_sentence_of_a_stored_code_names_no_limit():
    """It may be that of another program, and staff may have changed it since."""
    assert not [
        code
        for code in set(Code) - {Code.CAPPED_DAY, Code.CAPPED_WEEK, Code.OUTSIDE_WINDOW}
        if any(sign.isdecimal() for sign in str(describe(code)))
    ]
    assert "limit" not in f"{describe(Code.CAPPED_DAY)} {describe(Code.CAPPED_WEEK)}"


def test_sentences_name_the_limits_of_the_program():
    policy = Policy(max_per_week=3, max_per_goal=2, template_rest_days=21, min_gap_hours=5)
    decision = decide(contact(nudged_at=(ago(days=2), ago(days=3), ago(days=4))), policy, Purpose(), NOW)
    assert "The limit is 3." in str(decision.sentence)
    assert "The limit is 2." in str(describe(Code.GOAL_LIMIT, policy))
    assert "21 days" in str(describe(Code.TEMPLATE_REPEAT, policy))
    assert "5 hours" in str(describe(Code.TOO_SOON, policy))


def test_where_no_gap_is_asked_for_one_that_leaves_later_is_not_too_close():
    policy = Policy(max_per_day=2, min_gap_hours=0)
    assert decide(contact(nudged_at=(ago(hours=-1),)), policy, Purpose(), NOW).go
