from contextlib import suppress
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.models import Quiz
from nudges.quiz_rules import QuizMisshapen, read_quiz
from nudges.quiz_templates import questions_for

GOOD = [
    {"question": f"What is {n} + 1?", "options": ["1", "2", "3", "<b>4</b>"], "answer": 3, "explanation": "Count on."}
    for n in range(3)
]


def broken(value, language="en"):
    with pytest.raises(QuizMisshapen) as misshapen:
        read_quiz(value, language=language)
    return misshapen.value.code


def changed(**fields):
    quiz = deepcopy(GOOD)
    quiz[1] |= fields
    return quiz


def test_a_quiz_in_shape_is_read():
    questions = read_quiz(GOOD, language="en")

    assert [question.as_json() for question in questions] == GOOD


@pytest.mark.parametrize("value", [None, {}, "quiz", [], GOOD[:2], GOOD * 2])
def test_a_quiz_has_three_to_five_questions(value):
    assert broken(value) == "question_count"


@pytest.mark.parametrize("options", [None, "abc", ["a", "b"], list("abcdef")])
def test_a_question_has_three_to_five_options(options):
    assert broken(changed(options=options)) == "option_count"


def test_options_differ():
    assert broken(changed(options=["a", "b", " a "])) == "same_option_twice"
    assert read_quiz(changed(options=["a - b", "a + b", "A - b"], answer=0), language="en")


@pytest.mark.parametrize("answer", [None, "0", 4, -1, 1.0, True])
def test_the_answer_is_the_position_of_an_option(answer):
    assert broken(changed(answer=answer)) == "answer_index"


@pytest.mark.parametrize("field", ["question", "explanation"])
@pytest.mark.parametrize("text", [None, 3, "", "  ", "x" * 601])
def test_every_text_is_there_and_not_too_long(field, text):
    assert broken(changed(**{field: text})) == "text_length"


def test_a_question_is_not_asked_twice():
    assert broken(changed(question="what is  0 + 1?")) == "same_question_twice"


@pytest.mark.parametrize(
    "text", ["see https://evil.example", "javascript:alert(1)", "mail me@example.org", "www.x.org"]
)
def test_a_quiz_links_nowhere(text):
    assert broken(changed(explanation=text)) == "link_not_allowed"


def test_hidden_characters_are_refused():
    assert broken(changed(explanation="a\u202eb")) == "hidden_character"


def test_a_bengali_quiz_is_in_bengali():
    assert broken(GOOD, language="bn") == "wrong_language"


anything = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.integers(), max_size=5)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(GOOD[0], anything)), max_size=5) | anything)
def test_any_value_is_read_or_refused(value):
    with suppress(QuizMisshapen):
        read_quiz(value, language="en")


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("difficulty", Quiz.Difficulty.values)
def test_our_own_questions_pass_the_same_rules(difficulty, language):
    questions = questions_for(topic="Loops {difficulty}", difficulty=difficulty, language=language)

    assert read_quiz([question.as_json() for question in questions], language=language) == questions
    assert all("Loops {difficulty}" in question.question for question in questions if "“" in question.question)
