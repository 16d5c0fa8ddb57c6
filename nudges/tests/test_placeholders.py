import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.placeholders import FactMissing, fill, has_stray_brace, names_in


def test_each_placeholder_is_named_once_in_order():
    assert names_in("{link} {first_name} {link} {nonsense}") == ["link", "first_name", "nonsense"]


def test_a_value_with_braces_stays_literal():
    assert fill("Hi {first_name}", {"first_name": "{link}", "link": "https://example.org"}) == "Hi {link}"


@pytest.mark.parametrize("text", ["{first_name.__class__}", "{first_name!r}", "{0}", "{}", "{ first_name }", "{none}"])
def test_only_the_bare_name_is_replaced_and_anything_else_is_refused(text):
    with pytest.raises(FactMissing):
        fill(text, {"first_name": "Riya", "none": None})


@pytest.mark.parametrize("text", ["{first_name", "first_name}", "{{first_name}}", "a } b { c"])
def test_a_stray_brace_is_seen(text):
    assert has_stray_brace(text)


def test_paired_braces_are_not_stray():
    assert not has_stray_brace("{first_name} and {link}")


@given(name=st.text(), text=st.text(alphabet=st.characters(exclude_characters="{}")))
def test_what_is_no_placeholder_is_untouched(name, text):
    assert fill(text + "{first_name}" + text, {"first_name": name}) == text + name + text
