from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskscoring.reasons import in_brief, reasons, remedy, sentence, warnings
from riskscoring.scoring import Pieces, compute_risk

DAY = date(2026, 11, 20)


def risk(completed=None, quiz=None, missed=None, days=None):
    return compute_risk(
        completed_percent=completed,
        avg_quiz_score=quiz,
        consecutive_missed_sessions=missed,
        last_login=None if days is None else DAY - timedelta(days=days),
        as_of=DAY,
    )


def test_reasons_come_largest_first_and_in_counts():
    assert [(reason.code, reason.sentence) for reason in reasons(risk(25, 45, 5, 12))] == [
        ("completed_percent", "Handed in 25% of the work due"),
        ("consecutive_missed_sessions", "Missed 5 sessions in a row"),
        ("avg_quiz_score", "Quiz average 45%"),
        ("recency", "Last seen 12 days ago"),
    ]


@given(
    st.none() | st.decimals(0, 100, places=2),
    st.none() | st.decimals(0, 100, places=2),
    st.none() | st.integers(0, 9),
    st.none() | st.integers(0, 40),
)
def test_reasons_add_up_to_the_score(completed, quiz, missed, days):
    found = risk(completed, quiz, missed, days)
    assert sum(reason.contribution for reason in reasons(found)) == found.score
    assert in_brief(found)


def test_what_adds_nothing_is_no_reason():
    assert [reason.code for reason in reasons(risk(100, 80, 0, 0))] == ["avg_quiz_score"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "Never seen"),
        (0, "Seen today"),
        (1, "Last seen 1 day ago"),
        (59, "Last seen 59 days ago"),
        (60, "Last seen 2 months ago"),
        (730, "Last seen 24 months ago"),
        (731, "Last seen 2 years ago"),
        (1040, "Last seen 3 years ago"),
    ],
)
def test_last_seen_in_words(days, words):
    assert sentence(risk(days=days).terms[3]) == words


@pytest.mark.parametrize(
    ("missed", "words"),
    [(None, "No sessions yet"), (0, "Came to the last session"), (1, "Missed the last session")],
)
def test_missed_sessions_in_words(missed, words):
    assert sentence(risk(missed=missed).terms[2]) == words


@pytest.mark.parametrize(("percent", "shown"), [("85.50", "85.5"), (100, "100"), (0, "0"), ("0.05", "0.05")])
def test_percentages_are_shown_without_idle_zeros(percent, shown):
    assert sentence(risk(quiz=Decimal(percent)).terms[1]) == f"Quiz average {shown}%"


def test_brief_is_the_two_main_reasons():
    assert in_brief(risk(25, 45, 5, 12)) == "Handed in 25% of the work due · Missed 5 sessions in a row"


@pytest.mark.parametrize(
    ("percent", "pieces", "words"),
    [
        ("25.00", Pieces(1, 4), "Handed in 1 of 4 pieces due"),
        ("66.67", Pieces(2, 3), "Handed in 2 of 3 pieces due"),
        ("0.00", Pieces(0, 1), "Handed in 0 of 1 piece due"),
        ("40.00", Pieces(1, 4), "Handed in 40% of the work due"),
        ("40.00", Pieces(0, 0), "Handed in 40% of the work due"),
        (None, Pieces(1, 4), "No work due yet"),
    ],
)
def test_work_is_told_in_pieces_when_they_make_the_percentage(percent, pieces, words):
    found = compute_risk(
        completed_percent=percent,
        avg_quiz_score=None,
        consecutive_missed_sessions=None,
        last_login=None,
        as_of=DAY,
        pieces=pieces,
    )
    assert sentence(found.terms[0]) == words


def test_brief_of_a_learner_without_worries_says_so():
    assert in_brief(risk(100, 100, 0, 0)) == "Nothing to worry about"


def test_remedy_names_what_would_take_most_off():
    found = remedy(risk(45, 65.5, 3, 12))
    assert found.sentence == "Handing in the rest would take 0.28 off"
    assert found.contribution == Decimal("0.2750")


def test_nothing_to_remedy_in_a_score_of_zero():
    assert remedy(risk(100, 100, 0, 0)) is None


def test_remedy_takes_off_what_the_score_then_loses():
    before, after = risk(45, 65, 3, 12), risk(100, 65, 3, 12)
    assert remedy(before).contribution == before.score - after.score


def test_staff_are_told_what_could_not_be_used():
    assert warnings(
        compute_risk(
            completed_percent="abc",
            avg_quiz_score=130,
            consecutive_missed_sessions=-2,
            last_login="2024-13-45",
            as_of=DAY,
        )
    ) == [
        "Completed “abc” can’t be read; left out",
        "Quiz average 130 is out of range; counted as 100",
        "Sessions missed -2 is out of range; counted as 0",
        "Last seen “2024-13-45” can’t be read; counted as never seen",
    ]


def test_text_with_a_percent_sign_does_no_harm():
    assert "%(given)s" in warnings(risk(completed="%(given)s"))[0]
