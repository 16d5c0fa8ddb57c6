from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from riskscoring.words import ago, move_of, whole

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (59, "59 days ago"),
        (60, "2 months ago"),
        (100, "3 months ago"),
        (730, "24 months ago"),
        (731, "2 years ago"),
        (800, "2 years ago"),
    ],
)
def test_time_since_is_in_whole_days_then_months_then_years(days, words):
    assert ago(datetime(2026, 11, 20, 23, tzinfo=UTC) - timedelta(days=days), TODAY) == words


@pytest.mark.parametrize(
    ("change", "css", "words"),
    [
        (530, "worse", "0.05 more than last week"),
        (-1200, "better", "0.12 less than last week"),
        (0, "same", "as last week"),
        (49, "same", "as last week"),
        (-49, "same", "as last week"),
        (50, "worse", "0.01 more than last week"),
    ],
)
def test_change_has_a_direction_and_words(change, css, words):
    move = move_of(change)
    assert (move.css, move.words) == (css, words)


def test_change_of_nothing_known_says_nothing():
    assert move_of(None).words == ""


@pytest.mark.parametrize(("number", "text"), [(None, ""), (Decimal("0.00"), "0"), (Decimal("45.50"), "46")])
def test_percentages_are_whole_and_zero_is_a_number(number, text):
    assert whole(number) == text
