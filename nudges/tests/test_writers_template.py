from dataclasses import replace

import pytest

from nudges.facts import sample_facts
from nudges.models import Source
from nudges.tests.factories import FallbackTemplateFactory
from nudges.writers import WriterFailed
from nudges.writers.template_writer import write_from_template

pytestmark = pytest.mark.django_db
FACTS = sample_facts()


def write(facts=FACTS, language="en", **asked):
    return write_from_template(facts=facts, channel="in-app", type="reminder", language=language, **asked)


def test_the_template_of_the_channel_type_and_language_is_used():
    template = FallbackTemplateFactory(version=4)
    for other in ({"channel": "sms"}, {"type": "kudos"}, {"language": "bn"}, {"is_active": False}):
        FallbackTemplateFactory(**other)

    draft = write(reason="no_key")

    assert (draft.template, draft.template_version, draft.body) == (template, 4, template.body)
    assert (draft.source, draft.fallback_reason) == (Source.TEMPLATE, "no_key")


def test_english_is_used_when_the_language_has_no_template():
    template = FallbackTemplateFactory(language="en")

    assert write(language="bn").template == template


def test_a_template_whose_fact_is_absent_is_passed_over():
    FallbackTemplateFactory(slug="a", body="You are at {completed_percent}%")
    plain = FallbackTemplateFactory(slug="b")

    assert write(replace(FACTS, completed_percent=None)).template == plain


def test_templates_take_turns_the_one_had_longest_ago_first():
    first, second, third = (FallbackTemplateFactory(slug=slug) for slug in "abc")

    assert write().template == first
    assert write(replace(FACTS, recent_templates=(first.pk,))).template == second
    assert write(replace(FACTS, recent_templates=(third.pk, first.pk, second.pk))).template == second


def test_no_template_is_said_so():
    with pytest.raises(WriterFailed) as failed:
        write()

    assert failed.value.code == "no_template"
    assert "loaddata" in failed.value.sentence
