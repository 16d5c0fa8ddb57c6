import pytest
from django.db import connection
from django.db.models.expressions import RawSQL

from learners import search
from learners.models import Learner
from learners.tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db


def test_without_trigrams_the_column_itself_is_searched(monkeypatch):
    monkeypatch.setattr(search, "sqlite_has_trigrams", lambda: False)
    sana = LearnerFactory(name="Sana")
    assert list(Learner.objects.filter(search.matching("san"))) == [sana]
    assert list(Learner.objects.filter(search.matching("sam"))) == []


def test_a_blank_text_matches_everyone():
    LearnerFactory()
    assert Learner.objects.filter(search.matching(" \0 ")).count() == 1


@pytest.mark.database("sqlite")
def test_index_is_used_for_words_that_are_long_enough():
    condition = search.matching("sana x")
    assert any(isinstance(value, RawSQL) for _, value in condition.children)


@pytest.mark.database("postgresql")
def test_trigram_index_is_there():
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, "learners_learner")
    assert "learner_search_trigrams" in names


@pytest.mark.database("sqlite")
def test_triggers_that_keep_the_index_in_step_outlive_all_migrations():
    """SQLite drops a table's triggers when a migration rebuilds it: such a migration has to make them again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'learners_learner'")
        names = {name for (name,) in cursor.fetchall()}
    assert names == {"learners_search_insert", "learners_search_delete", "learners_search_update"}
