import pytest

from activity.store import definitions
from activity.store.definitions import definition_of, merged
from activity.store.writing import store_statements
from activity.tests.statements import LESSON, incoming_of, statement_of


def described(**definition):
    return {"id": LESSON, "definition": definition}


def store(*statements):
    for one in statements:
        store_statements([incoming_of(one)])


class TestMerged:
    def test_nothing_together_is_nothing(self):
        assert merged([]) == {}

    def test_later_one_counts_where_two_differ(self):
        assert merged([{"type": "a", "moreInfo": "m"}, {"type": "b"}]) == {"type": "b", "moreInfo": "m"}

    def test_languages_and_extensions_are_joined(self):
        one = {"name": {"en": "One", "bn": "এক"}, "extensions": {"a": {"x": 1}}}
        two = {"name": {"en": "Uno"}, "extensions": {"b": 2}, "description": {"en": "First"}}
        assert merged([one, two]) == {
            "name": {"en": "Uno", "bn": "এক"},
            "extensions": {"a": {"x": 1}, "b": 2},
            "description": {"en": "First"},
        }

    def test_given_definitions_stay_as_they_are(self):
        one = {"name": {"en": "One"}}
        merged([one, {"name": {"en": "Two"}}])
        assert one == {"name": {"en": "One"}}


@pytest.mark.django_db
class TestDefinitionOf:
    def test_unknown_activity_has_none(self):
        assert definition_of(LESSON) is None

    def test_activity_that_nobody_described_has_none(self):
        store(statement_of())
        assert definition_of(LESSON) is None

    def test_empty_definition_is_one(self):
        store(statement_of(object=described()))
        assert definition_of(LESSON) == {}

    @pytest.mark.parametrize(
        "place",
        [
            {"object": described(type="t:lesson")},
            {"context": {"contextActivities": {"parent": [{"id": "x:1"}, described(type="t:lesson")]}}},
            {"context": {"contextActivities": {"grouping": described(type="t:lesson")}}},
            {"object": {"objectType": "SubStatement", **statement_of(object=described(type="t:lesson"))}},
        ],
    )
    def test_definition_counts_wherever_it_stands(self, place):
        store(statement_of(**place))
        assert definition_of(LESSON) == {"type": "t:lesson"}

    def test_newest_statements_count_most(self):
        store(
            statement_of(object=described(type="t:old", name={"en": "Old"})),
            statement_of(object=described(type="t:new")),
            statement_of(),
        )
        assert definition_of(LESSON) == {"type": "t:new", "name": {"en": "Old"}}

    def test_only_so_many_statements_are_asked(self, monkeypatch):
        monkeypatch.setattr(definitions, "NEWEST", 2)
        store(*[statement_of(object=described(**{name: name})) for name in ("type", "moreInfo", "interactionType")])
        assert definition_of(LESSON) == {"moreInfo": "moreInfo", "interactionType": "interactionType"}
