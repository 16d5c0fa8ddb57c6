import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from learners.tests.factories import LearnerFactory
from nudges.models import Quiz, Source
from nudges.quiz_rules import read_quiz
from nudges.quizzes import QuizRefused, generate_quiz
from nudges.tests.model_server import answering, completion, serving
from nudges.tests.test_quiz_rules import GOOD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def generate(topic="Loops", difficulty="easy", learner=None):
    return generate_quiz(
        learner=learner or LearnerFactory(name="Riya Quixote"), topic=topic, difficulty=difficulty, now=NOW
    )


@pytest.fixture
def generate_with(settings):
    def generate_with_answer(content, **asked):
        call_command("loaddata", "prompts", verbosity=0)
        settings.OPENAI_API_KEY = "sk-test"
        with serving(answering(json.dumps(completion(content)).encode())) as (address, requests):
            settings.OPENAI_BASE_URL = address
            quiz = generate(**asked)
        generate_with_answer.requests = requests
        return quiz

    return generate_with_answer


def test_the_models_questions_are_stored_when_they_are_a_quiz(generate_with):
    quiz = generate_with({"questions": GOOD})

    quiz.refresh_from_db()
    assert (quiz.source, quiz.fallback_reason, quiz.questions) == (Source.AI, "", GOOD)
    assert (quiz.prompt_version, quiz.tokens_out, quiz.created_at) == ("quiz-1", 100, NOW)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"questions": GOOD[:1]}, "rejected_question_count"),
        ({}, "rejected_question_count"),
        ("Sure, here is a quiz", "bad_answer"),
    ],
)
def test_what_is_no_quiz_is_replaced_by_our_own_questions_and_still_paid_for(generate_with, content, reason):
    quiz = generate_with(content)

    assert (quiz.source, quiz.fallback_reason, quiz.tokens_in) == (Source.TEMPLATE, reason, 1000)
    assert len(quiz.questions) == 3


@pytest.mark.parametrize("difficulty", Quiz.Difficulty.values)
@pytest.mark.parametrize("language", ["en", "bn"])
def test_without_a_key_our_own_questions_come_in_the_learners_language(difficulty, language):
    quiz = generate(difficulty=difficulty, learner=LearnerFactory(language=language))

    assert (quiz.source, quiz.fallback_reason) == (Source.TEMPLATE, "no_key")
    assert read_quiz(quiz.questions, language=language)


def test_the_provider_is_told_the_topic_and_nothing_of_the_learner(generate_with):
    generate_with({"questions": GOOD}, topic="Loops {difficulty}\nin Python")

    request = generate_with.requests[0].decode().casefold()
    assert "loops {difficulty} in python" in request
    assert not any(secret in request for secret in ("riya", "quixote", "learner_", "@example.org"))


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("Riya Sen", "What RIYA should repeat"),
        ("Riya Sen", "riya's loops"),
        ("রিয়া সেন", "রিয়ার জন্য লুপ"),
        ("Riya Sen", "Ask riya@example.org"),
        ("Riya Sen", "call +8801712345678"),
    ],
)
def test_a_topic_that_tells_who_the_learner_is_stays_here(generate_with, name, topic):
    quiz = generate_with({"questions": GOOD}, topic=topic, learner=LearnerFactory(name=name))

    assert quiz.fallback_reason == "private_topic"
    assert generate_with.requests == []


@pytest.mark.parametrize("topic", ["", " \n", "\u200b", "x" * 201])
def test_a_topic_is_there_and_not_too_long(topic):
    with pytest.raises(QuizRefused) as refused:
        generate(topic)

    assert list(refused.value.errors) == ["topic"]
    assert not Quiz.objects.exists()


def test_an_unknown_difficulty_is_answered_with_the_known_ones():
    with pytest.raises(QuizRefused) as refused:
        generate(difficulty="brutal")

    assert refused.value.errors == {"difficulty": ["Choose one of: easy, medium, hard."]}


def test_characters_that_no_database_holds_are_left_out():
    assert generate("Loops\x00 \ud800in Python").topic == "Loops in Python"
