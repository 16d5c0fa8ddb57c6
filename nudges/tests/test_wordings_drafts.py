import json
import threading

import pytest
from django.core.management import call_command
from django.utils import timezone

from learners.models import Learner
from learners.tests.factories import LearnerFactory
from nudges.models import Prompt
from nudges.situations import COMPLETED, MISSED, QUIZ, SEEN, situation
from nudges.tests.factories import FallbackTemplateFactory
from nudges.tests.model_server import answering, completion, serving
from nudges.wordings import drafts, estimate_for, write_texts
from nudges.wordings.audiences import situations_of
from nudges.wordings.drafts import Place, places_of
from nudges.writers import WriterFailed
from nudges.writers.answers import Answer
from nudges.writers.draft import Usage
from nudges.writers.many_writer import facts_in, request_values

pytestmark = pytest.mark.django_db

GOOD = "Hi {first_name}, one small step today is enough: {link}\n\n– {coordinator}"
WORRIED = {"completed_percent": 40, "avg_quiz_score": 90, "consecutive_missed_sessions": 0}


@pytest.fixture(autouse=True)
def _with_model(settings):
    settings.OPENAI_API_KEY = "sk-test"
    call_command("loaddata", "prompts", verbosity=0)


@pytest.fixture(autouse=True)
def template():
    return FallbackTemplateFactory(body="Hi {first_name}! {link}")


class Model:
    """Answers by a function of the request; remembers what it was asked."""

    def __init__(self, body_for=lambda asked: GOOD):
        self.body_for = body_for
        self.asked = []
        self.lock = threading.Lock()

    def __call__(self, **asked):
        with self.lock:
            self.asked.append(asked)
        body = self.body_for(asked)
        if isinstance(body, WriterFailed):
            raise body
        return Answer({"subject": "", "body": body}, Usage("small-model", 500, 100, "0.000135"))


@pytest.fixture
def model(monkeypatch):
    fake = Model()
    monkeypatch.setattr(drafts, "ask_for_many", fake)
    return fake


def write(**changes):
    given = {"channels": ["in-app"], "type": "reminder"}
    return write_texts(Learner.objects.all(), **{**given, **changes})


def by_place(texts):
    return {(text.language, text.situation, text.arm): text for text in texts}


def test_learners_are_counted_by_the_situation_that_the_rule_gives_them():
    now = timezone.now()
    learners = [
        LearnerFactory(**WORRIED, last_login=now),
        LearnerFactory(completed_percent=75, avg_quiz_score=59, consecutive_missed_sessions=2, last_login=None),
        LearnerFactory(completed_percent=None, last_login=now - timezone.timedelta(days=7)),
        LearnerFactory(completed_percent=None, last_login=now - timezone.timedelta(days=6, hours=1)),
        LearnerFactory(completed_percent=74, last_login=now, language="bn"),
    ]
    expected = {}
    for learner in learners:
        days = learner.last_login and (now.date() - learner.last_login.date()).days
        bits = situation(
            completed_percent=learner.completed_percent,
            quiz_average=learner.avg_quiz_score,
            missed_sessions=learner.consecutive_missed_sessions,
            days=days,
        )
        expected[learner.language, bits] = expected.get((learner.language, bits), 0) + 1
    assert situations_of(Learner.objects.all(), now=now).learners == expected


def test_counting_situations_is_one_query(django_assert_num_queries):
    LearnerFactory.create_batch(5)
    with django_assert_num_queries(1):
        situations_of(Learner.objects.all(), now=timezone.now())


def test_as_many_calls_as_there_are_situations_however_many_learners(model):
    LearnerFactory.create_batch(5, **WORRIED)
    LearnerFactory.create_batch(5, **WORRIED | {"avg_quiz_score": 20})
    texts = write()
    assert {text.situation for text in texts} == {0, COMPLETED, COMPLETED + QUIZ}
    assert len(model.asked) == 3
    assert {text.source for text in texts} == {"ai"}
    assert {text.cost_usd for text in texts} == {"0.000135"}


def test_the_estimate_counts_the_same_calls(model):
    LearnerFactory.create_batch(3, **WORRIED)
    LearnerFactory(language="bn")
    before = estimate_for(Learner.objects.all(), channels=["in-app"])
    write()
    assert before.calls == len(model.asked) == 3
    assert before.usd > 0


def test_what_was_written_within_a_week_costs_nothing(model):
    LearnerFactory(**WORRIED)
    first = write()
    again = write()
    assert len(model.asked) == 2
    assert [text.body for text in again] == [text.body for text in first]
    assert {(text.cost_usd, text.tokens_in) for text in again} == {("0", 0)}
    assert {text.model for text in again} == {"small-model"}


def test_rewriting_asks_again(model):
    LearnerFactory()
    write()
    write(anew=True)
    assert len(model.asked) == 2


@pytest.mark.parametrize("change", ["prompt", "model", "type", "channel"])
def test_another_question_is_asked_anew(model, settings, change):
    LearnerFactory()
    FallbackTemplateFactory(type="kudos")
    FallbackTemplateFactory(channel="sms")
    write()
    if change == "prompt":
        Prompt.objects.filter(purpose="bulk").update(system="Write kindly. Answer with JSON.")
    if change == "model":
        settings.OPENAI_MODEL = "other-model"
    write(
        **{"type": "kudos"} if change == "type" else {},
        **{"channels": ["sms"]} if change == "channel" else {},
    )
    assert len(model.asked) == 2


def test_a_number_of_its_own_is_refused_and_the_template_stands_in(model, template):
    LearnerFactory(**WORRIED)
    model.body_for = lambda asked: "You have done 40 percent, {first_name}" if asked["situation"] else GOOD
    texts = by_place(write())
    assert texts["en", 0, "a"].source == "ai"
    stand_in = texts["en", COMPLETED, "a"]
    assert (stand_in.source, stand_in.body) == ("template", template.body)
    assert (stand_in.fallback_reason, stand_in.cost_usd) == ("rejected_unknown_number", "0.000135")


def test_a_fact_of_another_situation_is_refused(model):
    LearnerFactory(**WORRIED)
    model.body_for = lambda asked: "{first_name}, quizzes {quiz_average}" if asked["situation"] else GOOD
    assert by_place(write())["en", COMPLETED, "a"].fallback_reason == "rejected_fact_missing"


def test_placeholders_of_the_situation_may_be_used(model):
    LearnerFactory(**WORRIED)
    model.body_for = lambda asked: "{first_name}, {completed_percent} percent" if asked["situation"] else GOOD
    text = by_place(write())["en", COMPLETED, "a"]
    assert (text.source, text.needs) == ("ai", COMPLETED)


@pytest.mark.parametrize("code", ["rate_limited", "timeout", "server_error", "breaker_open"])
def test_where_the_model_fails_everywhere_its_templates_are_for_everyone_once(model, code):
    FallbackTemplateFactory(body="Hello {first_name}! {link}")
    LearnerFactory(**WORRIED)
    LearnerFactory(**WORRIED | {"avg_quiz_score": 1})
    model.body_for = lambda asked: WriterFailed(code, retrying_helps=True)
    texts = write()
    assert [(text.situation, text.turn, text.fallback_reason) for text in texts] == [(0, 0, code), (0, 1, code)]


def test_what_refused_drafts_cost_is_not_forgotten(model):
    LearnerFactory(**WORRIED)
    LearnerFactory(**WORRIED | {"avg_quiz_score": 1})
    model.body_for = lambda asked: "You are at risk"
    [text] = write()
    assert (text.source, text.fallback_reason) == ("template", "rejected_banned_word")
    assert (text.cost_usd, text.tokens_in) == ("0.000405", 1500)


def test_calls_that_would_begin_too_late_are_not_made(model, monkeypatch):
    monkeypatch.setattr(drafts, "ALL_WITHIN_SECONDS", 0)
    LearnerFactory()
    assert {text.fallback_reason for text in write()} == {"timeout"}
    assert not model.asked


def test_without_a_key_templates_are_used_and_say_so(model, settings):
    settings.OPENAI_API_KEY = ""
    LearnerFactory(**WORRIED)
    [text] = write()
    assert (text.source, text.fallback_reason) == ("template", "no_key")


def test_templates_that_are_wanted_need_no_excuse(model):
    LearnerFactory()
    [text] = write(source="template")
    assert (text.source, text.fallback_reason) == ("template", "")
    assert not model.asked


def test_each_language_has_the_situations_of_those_who_speak_it(model):
    FallbackTemplateFactory(language="bn", body="হ্যালো {first_name}!")
    LearnerFactory(language="en", **WORRIED)
    LearnerFactory(language="bn")
    model.body_for = lambda asked: GOOD if asked["language"] == "en" else "প্রিয় {first_name}, আজ একটি ছোট ধাপ নিন।"
    assert set(by_place(write())) == {("en", 0, "a"), ("en", COMPLETED, "a"), ("bn", 0, "a")}


def test_two_messages_are_two_drafts(model):
    FallbackTemplateFactory()
    LearnerFactory()
    model.body_for = lambda asked: GOOD if asked["arm"] == "a" else "Hello {first_name}, shall we go on? {link}"
    texts = by_place(write(two_messages=True))
    assert texts["en", 0, "a"].body != texts["en", 0, "b"].body


def test_calls_are_made_at_the_same_time(model):
    together = threading.Barrier(3, timeout=10)
    LearnerFactory(**WORRIED)
    LearnerFactory(**WORRIED | {"avg_quiz_score": 1})

    def wait_for_the_others(asked):
        together.wait()
        return GOOD

    model.body_for = wait_for_the_others
    assert len(write()) == 3


def test_the_model_is_told_what_is_known_and_no_value():
    told = request_values(channel="sms", type="reminder", language="bn", situation=QUIZ + SEEN, arm="a")
    assert "{quiz_average}" in told["facts"]
    assert "{days_since_seen}" in told["facts"]
    assert "{completed_percent}" not in told["facts"]
    assert not any(char.isdigit() for char in told["facts"].replace("from 0 to 100", ""))
    assert told["language"] == "Bengali"


def test_only_the_facts_of_the_situation_are_known():
    facts = facts_in(MISSED, "en")
    assert facts.missed_sessions is not None
    assert (facts.completed_percent, facts.quiz_average, facts.days_since_seen) == (None, None, None)
    assert (facts.task, facts.deadline, facts.minutes) == (None, None, None)


def test_every_situation_has_a_text_and_so_has_everyone():
    places = places_of(channels=["sms", "email"], situations={"en": [QUIZ], "bn": [0]})
    assert places == [
        Place("sms", "en", 0, "a"),
        Place("sms", "en", QUIZ, "a"),
        Place("sms", "bn", 0, "a"),
        Place("email", "en", 0, "a"),
        Place("email", "en", QUIZ, "a"),
        Place("email", "bn", 0, "a"),
    ]


def test_over_http_the_request_holds_nothing_of_a_learner(settings):
    LearnerFactory(name="Riya Sen", email="riya@example.org", **WORRIED)
    body = json.dumps(completion({"subject": "", "body": GOOD})).encode()
    with serving(answering(body)) as (address, requests):
        settings.OPENAI_BASE_URL = address
        texts = write()
    assert {text.source for text in texts} == {"ai"}
    sent = b"".join(requests)
    assert sent.count(b"POST ") == 2
    assert b"Riya" not in sent
    assert b"riya@" not in sent


def test_a_server_that_is_busy_leaves_the_templates(settings, monkeypatch):
    monkeypatch.setattr("nudges.writers.openai_writer.DEADLINE_SECONDS", 0.3)
    LearnerFactory()
    busy = answering(b"{}", status="429 Too Many Requests", headers="Retry-After: 60\r\n")
    with serving(busy) as (address, _requests):
        settings.OPENAI_BASE_URL = address
        [text] = write()
    assert text.fallback_reason == "rate_limited"
