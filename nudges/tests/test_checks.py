import pytest
from django.core.management import call_command

from nudges import checks
from nudges.models import FallbackTemplate

pytestmark = pytest.mark.django_db


def found(databases=("default",)):
    return [warning.id for warning in checks.texts_in_use(databases=databases)]


def test_with_the_texts_that_come_with_the_product_there_is_nothing_to_say(settings):
    call_command("loaddata", "fallback_templates", "prompts", verbosity=0)
    settings.OPENAI_API_KEY = "sk-test"

    assert found() == []


def test_a_kind_of_nudge_without_a_template_in_use_is_named():
    call_command("loaddata", "fallback_templates", verbosity=0)
    FallbackTemplate.objects.filter(slug="sms-kudos-bn").update(is_active=False)

    [warning] = checks.texts_in_use(databases=["default"])
    assert warning.id == "nudges.W001"
    assert "sms kudos bn" in warning.msg
    assert "loaddata" in warning.hint


def test_a_model_without_a_prompt_is_named_and_no_model_is_fine(settings):
    assert found() == ["nudges.W001"]
    settings.OPENAI_API_KEY = "sk-test"
    assert found() == ["nudges.W001", *["nudges.W002"] * 3]


def test_nothing_is_looked_up_unless_the_database_is_checked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert found(databases=None) == []


def test_before_the_first_migration_it_is_silent(monkeypatch):
    monkeypatch.setattr("django.db.backends.base.introspection.BaseDatabaseIntrospection.table_names", lambda self: [])

    assert found() == []
