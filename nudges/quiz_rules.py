"""The shape of a quiz: pure."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from .writers.claims import is_written_in
from .writers.reading import hidden_characters, in_words

FEWEST_QUESTIONS, MOST_QUESTIONS = 3, 5
FEWEST_OPTIONS, MOST_OPTIONS = 3, 5
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_EXPLANATION = 400, 200, 600  # characters

_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]*:[/\\]{2}|javascript:|mailto:|\bwww\.|\S@\S+\.\S", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    question: str
    options: tuple[str, ...]
    answer: int  # the position of the right option, from 0
    explanation: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "options": list(self.options)}


class QuizMisshapen(Exception):  # noqa: N818 (reads as what happened)
    """What a writer gave is no quiz. `code` is stable; it says which rule was broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_quiz(value: Any, *, language: str) -> tuple[Question, ...]:
    """The questions in a list such as [{"question", "options": […], "answer": index, "explanation"}], as a writer
    that is not trusted gave it. Raises QuizMisshapen at the first rule that it breaks."""
    if not isinstance(value, list) or not FEWEST_QUESTIONS <= len(value) <= MOST_QUESTIONS:
        raise QuizMisshapen("question_count")
    questions = tuple(_question(item) for item in value)
    if len({in_words(question.question) for question in questions}) < len(questions):
        raise QuizMisshapen("same_question_twice")
    words = " ".join(f"{question.question} {question.explanation}" for question in questions)
    if language == "bn" and not is_written_in(language, words):
        raise QuizMisshapen("wrong_language")
    return questions


def _question(item: Any) -> Question:
    if not isinstance(item, dict):
        raise QuizMisshapen("question_shape")
    options, answer = item.get("options"), item.get("answer")
    if not isinstance(options, list) or not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise QuizMisshapen("option_count")
    texts = tuple(_text(option, longest=LONGEST_OPTION) for option in options)
    if len({_compared(text) for text in texts}) < len(texts):
        raise QuizMisshapen("same_option_twice")
    if not isinstance(answer, int) or isinstance(answer, bool) or not 0 <= answer < len(texts):
        raise QuizMisshapen("answer_index")
    return Question(
        question=_text(item.get("question"), longest=LONGEST_QUESTION),
        options=texts,
        answer=answer,
        explanation=_text(item.get("explanation"), longest=LONGEST_EXPLANATION),
    )


def _text(value: Any, *, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise QuizMisshapen("text_length")
    if hidden_characters(value):
        raise QuizMisshapen("hidden_character")
    if _ADDRESS.search(value):
        raise QuizMisshapen("link_not_allowed")
    return value.strip()


def _compared(option: str) -> str:
    """Signs count, as in "a - b" and "a + b"; case counts too, as in a quiz about names in code."""
    return " ".join(option.split())
