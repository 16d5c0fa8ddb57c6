from datetime import UTC, date, datetime

import pytest

from nudges.deadlines import in_words

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the 29th in Dhaka; in Paris half an hour before the clock changes


@pytest.mark.parametrize(
    ("when", "timezone", "language", "words"),
    [
        (date(2026, 3, 28), "UTC", "en", "today"),
        (date(2026, 3, 29), "UTC", "en", "tomorrow"),
        (date(2026, 3, 29), "Asia/Dhaka", "en", "today"),
        (date(2026, 3, 29), "Asia/Dhaka", "bn", "আজ"),
        (date(2026, 3, 30), "Asia/Dhaka", "bn", "আগামীকাল"),
        (date(2026, 4, 2), "UTC", "en", "2 April"),
        (date(2026, 4, 2), "UTC", "bn", "2 এপ্রিল"),
        (date(2026, 3, 27), "UTC", "en", "27 March"),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), "Asia/Dhaka", "en", "today, 18:00"),
        (datetime(2026, 3, 28, 23, 45, tzinfo=UTC), "UTC", "en", "today, 23:45"),
        (datetime(2026, 3, 29, 0, 0, tzinfo=UTC), "UTC", "en", "tomorrow, 00:00"),
        (datetime(2026, 3, 29, 8, tzinfo=UTC), "Europe/Paris", "en", "today, 10:00"),
        (datetime(2026, 3, 29, 8, tzinfo=UTC), "Nowhere/At_all", "en", "tomorrow, 08:00"),
    ],
)
def test_deadline_is_told_by_the_learners_own_calendar_and_clock(when, timezone, language, words):
    assert in_words(when, now=NOW, timezone=timezone, language=language) == words
