from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from learners.words import ago, whole

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


@pytest.mark.parametrize(("number", "text"), [(None, ""), (Decimal("0.00"), "0"), (Decimal("45.50"), "46")])
def test_percentages_are_whole_and_zero_is_a_number(number, text):
    assert whole(number) == text
