import pytest

from activity.xapi.iris import last_word


@pytest.mark.parametrize(
    "iri",
    [
        "http://adlnet.gov/expapi/verbs/completed",
        "http://adlnet.gov/expapi/verbs/Completed/",
        "https://example.org/verbs#completed",
        "https://example.org/verbs/completed#",
        "urn:verbs:completed",
    ],
)
def test_the_word_at_the_end_is_what_vocabularies_agree_on(iri):
    assert last_word(iri) == "completed"
