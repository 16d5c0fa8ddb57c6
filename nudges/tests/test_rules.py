from datetime import UTC, datetime, timedelta

import pytest

from nudges.rules import Code, ContactFacts, Policy, decide, describe, may_reach

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def contact(**changes) -> ContactFacts:
    """A learner who agreed to email at a confirmed address."""
    return ContactFacts(
        **{"channel": "email", "consent": True, "address": "a@example.org", "address_is_verified": True} | changes
    )


def code(**changes) -> Code:
    return decide(contact(**changes), Policy(), NOW).code


def ago(**span) -> datetime:
    return NOW - timedelta(**span)


def test_learner_who_agreed_and_was_left_in_peace_is_contacted():
    decision = decide(contact(), Policy(), NOW)
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
    decision = decide(contact(channel=channel, consent=consent), Policy(), NOW)
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
    assert decide(facts, Policy(max_per_day=2), NOW).go
    assert decide(contact(), Policy(max_per_day=0), NOW).code == "capped_day"


@pytest.mark.parametrize(
    ("inputs_known", "is_automatic", "expected"),
    [(1, True, "not_enough_data"), (0, True, "not_enough_data"), (2, True, "allowed"), (0, False, "allowed")],
)
def test_automatic_nudges_need_enough_data(inputs_known, is_automatic, expected):
    assert code(inputs_known=inputs_known, is_automatic=is_automatic) == expected


def test_first_reason_wins():
    assert code(consent=False, address="", nudged_at=(NOW,)) == "no_consent"
    assert code(address="", nudged_at=(NOW,)) == "no_address"


def test_just_before_leaving_only_consent_and_address_count():
    assert may_reach(contact(nudged_at=(NOW, NOW))).go
    assert may_reach(contact(consent=False)).code == "no_consent"


def test_each_code_has_its_sentence():
    assert all(str(describe(code)) for code in Code)
    assert "3 a day" in str(describe(Code.CAPPED_DAY, Policy(max_per_day=3)))
