import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.xapi.languages import best_language, in_one_language


@pytest.mark.parametrize(
    ("tags", "languages", "best"),
    [
        (["en", "de"], ["de"], "de"),
        (["en", "de"], ["DE"], "de"),
        (["en-US", "en-GB"], ["en-GB"], "en-GB"),
        (["en-US", "en-GB"], ["en-gb"], "en-GB"),
        (["de", "en"], ["en-GB"], "en"),  # RFC 4647, 3.4: cut until one fits
        (["de", "zh-Hant-TW"], ["zh"], "zh-Hant-TW"),  # a range is content with what is narrower
        (["zh-Hans", "zh-Hant"], ["zh-Hant-TW"], "zh-Hant"),
        (["en-US", "en"], ["en"], "en"),
        (["eng", "de"], ["en", "de"], "de"),  # no part of a subtag fits
        (["de", "fr"], ["es", "fr"], "fr"),
        (["de", "en"], ["en", "de"], "en"),
        (["de", "fr"], ["es"], "de"),
        (["de", "fr"], [], "de"),
    ],
)
def test_best_language_is_the_first_that_fits(tags, languages, best):
    assert best_language(tags, languages) == best


def test_map_is_left_with_one_language():
    assert in_one_language({"en": "light", "bn": "আলো"}, ["bn-BD"]) == {"bn": "আলো"}
    assert in_one_language({}, ["en"]) == {}


TAGS = st.from_regex(r"[a-z]{2}(-[A-Z]{2})?", fullmatch=True)


@given(tags=st.lists(TAGS, min_size=1, max_size=5), languages=st.lists(TAGS | st.just("*") | st.text(max_size=5)))
def test_there_is_always_one_language(tags, languages):
    assert best_language(tags, languages) in tags
