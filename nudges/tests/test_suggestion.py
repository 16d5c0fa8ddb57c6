from datetime import UTC, date, datetime

import pytest

from nudges.suggestion import suggest_type
from riskscoring.scoring import compute_risk

TODAY = date(2026, 11, 20)


def suggested(completed=None, quiz=None, missed=None, seen=TODAY):
    return suggest_type(
        compute_risk(
            completed_percent=completed,
            avg_quiz_score=quiz,
            consecutive_missed_sessions=missed,
            last_login=seen and datetime(seen.year, seen.month, seen.day, tzinfo=UTC),
            as_of=TODAY,
        )
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"completed": 90, "quiz": 90, "missed": 0}, "kudos"),
        ({"completed": 80, "quiz": 90, "missed": 0}, "kudos"),
        ({"completed": 70, "quiz": 90, "missed": 0}, "encouragement"),
        ({"completed": 40, "quiz": 60, "missed": 6}, "reminder"),
        ({"completed": 40, "quiz": 10, "missed": 0}, "quiz_reminder"),
        ({"completed": 5, "quiz": 60, "missed": 1}, "completion_boost"),
        ({"completed": 40, "quiz": 60, "missed": 1, "seen": date(2026, 10, 1)}, "motivation"),
        ({"seen": None}, "encouragement"),  # nothing is known
    ],
)
def test_type_fits_the_main_reason(facts, expected):
    assert suggested(**facts) == expected
