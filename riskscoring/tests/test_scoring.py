from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskscoring.scoring import Flag, compute_risk

DAY = date(2026, 11, 20)


def risk(completed=None, quiz=None, missed=None, seen=None, as_of=DAY):
    return compute_risk(
        completed_percent=completed,
        avg_quiz_score=quiz,
        consecutive_missed_sessions=missed,
        last_login=seen,
        as_of=as_of,
    )


def term(found, name):
    return next(term for term in found.terms if term.name == name)


def formula(completed, quiz, missed, days):
    """The formula as risk.md writes it, in fractions: for each term its weight and its worry."""
    terms = [
        (Fraction(5, 10), None if completed is None else 1 - Fraction(completed) / 100),
        (Fraction(2, 10), None if quiz is None else 1 - Fraction(quiz) / 100),
        (Fraction(2, 10), None if missed is None else min(Fraction(missed, 7), Fraction(1))),
        (Fraction(1, 10), Fraction(1) if days is None else min(Fraction(days, 30), Fraction(1))),
    ]
    present = [(weight, worry) for weight, worry in terms if worry is not None]
    return sum(weight * worry for weight, worry in present) / sum(weight for weight, _ in present)


percents = st.none() | st.decimals(0, 100, places=2)
sessions = st.none() | st.integers(0, 12)
days_ago = st.none() | st.integers(0, 60)


@given(percents, percents, sessions, days_ago)
def test_score_is_the_formula_rounded_half_up(completed, quiz, missed, days):
    exact = formula(completed, quiz, missed, days) * 10_000
    found = risk(completed, quiz, missed, None if days is None else DAY - timedelta(days=days))
    assert found.score * 10_000 == (exact + Fraction(1, 2)).__floor__()
    assert found.label == (
        "high" if found.score > Decimal("0.7") else "medium" if found.score > Decimal("0.4") else "low"
    )


@given(percents, percents, sessions, days_ago)
def test_contributions_add_up_to_the_score(completed, quiz, missed, days):
    found = risk(completed, quiz, missed, None if days is None else DAY - timedelta(days=days))
    assert sum(term.contribution for term in found.terms) == found.score
    assert all(term.contribution >= 0 for term in found.terms)
    assert all(not term.contribution for term in found.terms if term.value is None and term.name != "recency")


@given(percents, percents, sessions, st.integers(0, 60))
def test_no_contribution_is_a_ten_thousandth_from_its_exact_share(completed, quiz, missed, days):
    found = risk(completed, quiz, missed, DAY - timedelta(days=days))
    exact = formula(completed, quiz, missed, days) - formula(completed, quiz, missed, 0)
    assert abs(Fraction(term(found, "recency").contribution) - exact) < Fraction(1, 10_000)


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=12),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.dates(),
    st.lists(st.integers(), max_size=2),
)


@given(junk, junk, junk, junk, st.dates())
def test_nothing_that_comes_in_raises(completed, quiz, missed, seen, as_of):
    found = risk(completed, quiz, missed, seen, as_of)
    assert 0 <= found.score <= 1
    assert sum(term.contribution for term in found.terms) == found.score


@pytest.mark.parametrize(
    ("inputs", "score", "label"),
    [
        ((20, 50, 7, None), "0.8000", "high"),
        ((100, 100, 0, DAY), "0.0000", "low"),
        ((0, 0, 7, None), "1.0000", "high"),
        ((40, 0, 0, None), "0.6000", "medium"),
        ((20, 0, 0, None), "0.7000", "medium"),  # not above 0.7
        (("19.99", 0, 0, None), "0.7001", "high"),
        ((80, 0, 0, None), "0.4000", "low"),  # not above 0.4
        (("79.99", 0, 0, None), "0.4001", "medium"),
        (("79.998", 0, 0, None), "0.4000", "low"),  # 80.00 once kept to two places
    ],
)
def test_label_is_decided_on_the_rounded_score(inputs, score, label):
    found = risk(*inputs)
    assert (str(found.score), found.label) == (score, label)


@pytest.mark.parametrize(
    ("inputs", "level"),
    [
        ((Decimal("85.5"), Decimal("78.2"), 1), "low"),
        ((45, 65.5, 3), "medium"),
        ((25, 45, 5), "high"),
        ((92, 88.5, 0), "low"),
        ((60, 55, 2), "medium"),
    ],
    ids=["Aman", "Riya", "Arjun", "Sana", "Karan"],
)
def test_demo_learners_have_the_levels_of_the_seeds(inputs, level):
    assert risk(*inputs, "2024-01-15T10:30:00Z").level == level


def test_absent_terms_leave_their_weight_to_the_others():
    assert risk(completed=50, seen=DAY).score == Decimal("0.4167")  # 5/6 of a half
    assert risk(completed=50, seen=DAY).terms[0].weight == Decimal("0.8333")


def test_zero_is_a_value_and_absent_is_not():
    assert risk(completed=0, seen=DAY).score > risk(seen=DAY).score == 0


def test_nothing_known_at_all_scores_on_recency_alone():
    found = risk()
    assert (found.score, found.label, found.level, found.inputs_known, found.priority) == (1, "high", "unknown", 0, -1)


@pytest.mark.parametrize(("inputs", "known"), [((1,), 1), ((1, 2), 2), ((1, 2, 3), 3), ((1, 2, 3, DAY), 4)])
def test_level_needs_two_inputs(inputs, known):
    found = risk(*inputs)
    assert found.inputs_known == known
    assert (found.level == "unknown") == (known < 2)


def test_never_seen_scores_as_longest_ago_but_is_not_known():
    never, long_ago = risk(50, 50, 2), risk(50, 50, 2, DAY - timedelta(days=400))
    assert never.score == long_ago.score
    assert (never.inputs_known, long_ago.inputs_known) == (3, 4)


@pytest.mark.parametrize(
    ("given_value", "counted", "flag"),
    [
        (130, 100, Flag.OUT_OF_RANGE),
        (-0.01, 0, Flag.OUT_OF_RANGE),
        ("1e999999", 100, Flag.OUT_OF_RANGE),
        ("100.004", 100, None),
        ("-0.004", 0, None),
        (2.675, Decimal("2.68"), None),
        ("  45.5 ", Decimal("45.5"), None),
        ("abc", None, Flag.UNREADABLE),
        ("1_000", None, Flag.UNREADABLE),
        (float("nan"), None, Flag.UNREADABLE),
        (float("inf"), None, Flag.UNREADABLE),
        (Decimal("sNaN"), None, Flag.UNREADABLE),
        (True, None, Flag.UNREADABLE),
        ([45], None, Flag.UNREADABLE),
        ("", None, None),
        ("  ", None, None),
        (None, None, None),
    ],
)
def test_percentages_are_read_tolerantly(given_value, counted, flag):
    for found in (risk(completed=given_value).terms[0], risk(quiz=given_value).terms[1]):
        assert (found.value, found.flag) == (counted, flag)


@pytest.mark.parametrize(
    ("given_value", "counted", "flag"),
    [
        (3, 3, None),
        ("3", 3, None),
        (3.0, 3, None),
        (250, 250, None),
        (-1, 0, Flag.OUT_OF_RANGE),
        (2.5, None, Flag.UNREADABLE),
        ("three", None, Flag.UNREADABLE),
        (False, None, Flag.UNREADABLE),
    ],
)
def test_missed_sessions_are_whole_numbers_from_zero(given_value, counted, flag):
    found = risk(missed=given_value).terms[2]
    assert (found.value, found.flag) == (counted, flag)


def test_seven_missed_sessions_count_as_all():
    assert risk(50, 50, 7, DAY).score == risk(50, 50, 70, DAY).score > risk(50, 50, 6, DAY).score


@pytest.mark.parametrize(
    ("seen", "days"),
    [
        (datetime(2026, 11, 8, 23, 59, 59, tzinfo=UTC), 12),
        (datetime(2026, 11, 9, 0, 0, tzinfo=timezone(timedelta(hours=6))), 12),  # still the 8th in UTC
        (datetime(2026, 11, 8, 20, 0, tzinfo=ZoneInfo("America/New_York")), 11),  # already the 9th
        (datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York")), 19),
        (datetime(2026, 11, 8, 23, 0), 12),
        (date(2026, 11, 8), 12),
        ("2026-11-08", 12),
        ("2026-11-09T00:00:00+06:00", 12),
        (" 2026-11-08 23:59:59Z ", 12),
        (DAY, 0),
        (DAY + timedelta(days=3), 0),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), (DAY - date(1, 1, 1)).days),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), 0),
    ],
)
def test_recency_counts_whole_days_in_utc(seen, days):
    assert term(risk(seen=seen), "recency").value == days


@pytest.mark.parametrize("seen", ["2024-13-45", "yesterday", 20240115, True])
def test_unreadable_last_login_is_absent_and_flagged(seen):
    found = term(risk(50, 50, 2, seen), "recency")
    assert (found.value, found.flag) == (None, Flag.UNREADABLE)
    assert risk(50, 50, 2, seen).score == risk(50, 50, 2).score


def test_flags_keep_what_came_in():
    [flagged] = risk(quiz=" 130 ").flags
    assert (flagged.name, flagged.given, flagged.value) == ("avg_quiz_score", "130", 100)


def test_flagged_text_is_kept_short():
    assert len(risk(completed="x" * 10_000).flags[0].given) == 40


def test_what_happened_after_the_day_is_not_used():
    assert risk(50, 50, 2, DAY).score == risk(50, 50, 2, DAY + timedelta(days=90)).score


@pytest.mark.parametrize(("completed", "score"), [("99.99", "0.0002"), ("99.97", "0.0003"), ("99.95", "0.0004")])
def test_half_a_ten_thousandth_goes_up(completed, score):
    assert str(risk(completed, "99.95", 0, DAY).score) == score  # exactly 1.5, 2.5 and 3.5 ten-thousandths
