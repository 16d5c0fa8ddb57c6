import pytest

from nudges.answering.why import data_used, why
from nudges.models import AUTOMATIC, NudgeType, Origin


@pytest.mark.parametrize("origin", sorted(AUTOMATIC))
def test_what_a_rule_sent_says_that_it_came_by_itself(origin):
    assert "automatically, in the name of Maya" in why(origin=origin, type="kudos", sender="Maya")[0]


def test_what_a_person_sent_says_who():
    assert why(origin="person", type="kudos", sender="Maya") == ["Maya sent it to you.", "It is to say well done."]


def test_what_went_to_many_says_so():
    assert "and to others" in why(origin="bulk", type="kudos", sender="Maya")[0]


def test_every_type_and_origin_has_its_words_and_none_is_a_label():
    said = " ".join(
        sentence
        for origin in Origin
        for type_ in NudgeType
        for sentence in why(origin=origin, type=type_, sender="Maya")
    )
    assert all(len(why(origin="person", type=type_, sender="Maya")) == 2 for type_ in NudgeType)
    assert not any(word in said.casefold() for word in ("risk", "score", "behind", "fail"))


def test_data_is_what_the_text_names_and_what_was_known():
    assert data_used(names=["first_name", "quiz_average"], known=["missed_sessions"]) == [
        "your results in quizzes",
        "which sessions you came to",
    ]
    assert data_used(names=["first_name", "link"], known=[]) == []
