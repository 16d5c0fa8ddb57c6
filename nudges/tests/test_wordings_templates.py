import pytest

from learners.models import Learner
from learners.tests.factories import LearnerFactory
from nudges.models import NudgeBatch, Wording
from nudges.situations import QUIZ
from nudges.tests.factories import FallbackTemplateFactory
from nudges.wordings import Text, digest_of, problems_of, store_texts, texts_of, write_texts
from nudges.writers import WriterFailed

pytestmark = pytest.mark.django_db


def write(**changes):
    given = {"channels": ["in-app"], "type": "reminder", "source": "template"}
    return write_texts(Learner.objects.all(), **{**given, **changes})


def bodies(texts):
    return [text.body for text in texts]


def test_all_templates_of_the_type_take_turns():
    FallbackTemplateFactory(slug="b", body="B")
    FallbackTemplateFactory(slug="a", body="A")
    FallbackTemplateFactory(slug="c", body="C", is_active=False)
    FallbackTemplateFactory(slug="d", body="D", type="kudos")
    assert [(text.turn, text.body) for text in write()] == [(0, "A"), (1, "B")]


def test_what_everybody_can_be_sent_comes_first():
    FallbackTemplateFactory(slug="a", body="A {quiz_average}")
    FallbackTemplateFactory(slug="b", body="B")
    assert [(text.body, text.needs) for text in write()] == [("B", 0), ("A {quiz_average}", QUIZ)]


def test_other_texts_begin_with_the_next():
    a, b, c = (FallbackTemplateFactory(slug=letter, body=letter.upper()) for letter in "abc")
    assert bodies(write(after=[a.pk])) == ["B", "C", "A"]
    assert bodies(write(after=[c.pk])) == ["A", "B", "C"]
    assert bodies(write(after=[c.pk + b.pk])) == ["A", "B", "C"]


def test_templates_of_a_task_are_for_those_who_have_one():
    FallbackTemplateFactory(slug="a", body="A")
    FallbackTemplateFactory(slug="b", body="{task} {deadline}")
    FallbackTemplateFactory(slug="c", body="{task}")
    assert bodies(write()) == ["A"]
    assert bodies(write(has_task=True)) == ["{task}", "{task} {deadline}", "A"]


def test_two_messages_are_different_templates():
    for letter in "abc":
        FallbackTemplateFactory(slug=letter, body=letter.upper())
    texts = write(two_messages=True)
    assert [(text.arm, text.turn, text.body) for text in texts] == [("a", 0, "A"), ("a", 1, "C"), ("b", 0, "B")]


def test_one_template_can_not_be_compared():
    FallbackTemplateFactory()
    with pytest.raises(WriterFailed, match="one_template"):
        write(two_messages=True)


def test_the_sites_language_stands_in_for_one_without_templates():
    FallbackTemplateFactory(body="A")
    LearnerFactory(language="bn")
    assert [text.language for text in write()] == ["en"]
    assert [text.language for text in write(language="bn")] == ["en"]


def test_each_channel_has_its_texts_or_none_is_sent():
    FallbackTemplateFactory(body="A")
    with pytest.raises(WriterFailed, match="no_template"):
        write(channels=["in-app", "sms"])
    FallbackTemplateFactory(channel="sms", body="S")
    assert bodies(write(channels=["sms", "in-app"])) == ["S", "A"]


def test_texts_are_stored_and_come_back_as_they_were():
    FallbackTemplateFactory(body="A {quiz_average}")
    batch = NudgeBatch.objects.create(channel="in-app", type="reminder")
    texts = write()
    store_texts(batch, texts)
    assert texts_of(batch) == [Text.from_json(texts[0].as_json())] == texts
    assert Wording.objects.get().needs == QUIZ
    store_texts(batch, texts)
    assert Wording.objects.count() == 1


def test_a_hand_leaves_its_mark_and_only_where_it_changed_something():
    text = Text(channel="in-app", language="en", body="A\nB", source="template")
    assert not text.with_words(subject="ignored", body="A\r\nB ").edited
    assert text.with_words(subject="", body="C").edited


def test_the_digest_is_of_the_words_and_their_places():
    a, b = (Text(channel="sms", language="en", body=body, source="template") for body in "AB")
    assert digest_of([a, b]) == digest_of([b, a])
    assert digest_of([a]) != digest_of([b])
    assert digest_of([a]) == digest_of([Text.from_json(a.as_json() | {"cost_usd": "1", "source": "ai"})])


def test_what_no_learner_could_mend_is_a_problem():
    good = Text(channel="in-app", language="en", body="Hi {first_name}, {link}", source="template")
    assert problems_of(good) == []
    assert problems_of(good.with_words(subject="", body="Go to https://learn.example.org/python"))
    assert problems_of(good.with_words(subject="", body="You are at risk"))
