import pytest

from learners.whole_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "1_000", "²", "১", "9" * 19])
def test_anything_else_is_none(text):
    assert whole_number(text) is None
