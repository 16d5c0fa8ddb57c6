import pytest

from nudges.facts import STAND_INS
from nudges.models import FallbackTemplate, Prompt
from nudges.tests.factories import FallbackTemplateFactory, PromptFactory
from nudges.texts import prompt_problems, prompt_reading, save_text, template_problems, template_readings


def prompt_codes(system="", user="{topic}", purpose="quiz"):
    return [problem.code for problem in prompt_problems(purpose=purpose, system=system, user=user)]


def test_a_template_is_held_to_the_rules_of_the_model_and_may_state_no_number():
    problems = template_problems(channel="sms", language="en", subject="", body="Hi {first_name}, do 45 at risk {nick}")

    assert [problem.code for problem in problems] == ["unknown_placeholder", "banned_word", "unknown_number"]


def test_a_template_is_read_by_a_learner_known_and_by_one_unknown():
    known, unknown = template_readings(channel="sms", language="bn", subject="", body="প্রিয় {first_name}")

    assert (known.body, known.limit) == ("প্রিয় Riya", 300)
    assert unknown.body == f"প্রিয় {STAND_INS['bn']['first_name']}"
    assert unknown.length == len(unknown.body)


def test_a_template_with_a_fact_that_may_be_absent_is_read_by_those_who_have_it():
    assert len(template_readings(channel="sms", language="en", subject="", body="{completed_percent}% done")) == 1


def test_a_template_that_can_not_be_filled_has_no_reading():
    assert template_readings(channel="sms", language="en", subject="", body="{nick}") == []


@pytest.mark.parametrize("text", ['{"questions": [{"answer": 0}]}', "{}", "{\n}"])
def test_json_in_a_prompt_is_no_placeholder(text):
    assert prompt_codes(system=text) == []


@pytest.mark.parametrize("text", ["{name}", "{ topic }", "{topic.upper}", "{first_name}", "{facts}"])
def test_a_placeholder_that_the_purpose_does_not_have_is_refused(text):
    assert prompt_codes(system=text) == ["unknown_placeholder"]


def test_a_nudge_prompt_may_name_the_learners_placeholders_and_its_own():
    assert prompt_codes("Use {first_name}", "{facts} in {language}", purpose="nudge") == []


def test_a_quiz_prompt_needs_its_topic():
    assert prompt_codes(user="Make a quiz") == ["topic_missing"]


def test_a_prompt_is_read_filled_in():
    assert prompt_reading(purpose="quiz", user="{topic}, {difficulty}") == "Loops in Python, easy"
    assert "completed_percent: 45" in prompt_reading(purpose="nudge", user="{facts} {first_name}")


@pytest.mark.django_db
class TestSaving:
    def test_a_new_text_is_version_one(self):
        template = FallbackTemplateFactory.build()
        save_text(template)

        assert FallbackTemplate.objects.get().version == 1

    @pytest.mark.parametrize("field", ["subject", "body"])
    def test_a_changed_text_is_the_next_version_with_the_old_one_in_its_history(self, field):
        template = FallbackTemplateFactory(version=4)
        setattr(template, field, "Something else")
        save_text(template)

        assert FallbackTemplate.objects.get().version == 5
        assert list(template.history.values_list("version", flat=True)) == [5, 4]

    def test_what_does_not_change_the_text_keeps_the_version(self):
        template = FallbackTemplateFactory(body="one\ntwo", version=4)
        template.is_active = False
        template.body = "one\r\ntwo"
        save_text(template)

        template.refresh_from_db()
        assert (template.version, template.is_active, template.body) == (4, False, "one\ntwo")

    def test_two_edits_at_once_are_two_versions(self):
        first = FallbackTemplateFactory()
        second = FallbackTemplate.objects.get()
        first.body, second.body = "a", "b"
        save_text(first)
        save_text(second)

        assert FallbackTemplate.objects.get().version == 3

    def test_a_prompt_is_versioned_too(self):
        prompt = PromptFactory()
        prompt.system = "Write kindly."
        save_text(prompt)

        assert Prompt.objects.get().label == f"{prompt.slug}-2"
