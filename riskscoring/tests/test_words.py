import pytest

from riskscoring.words import move_of


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
