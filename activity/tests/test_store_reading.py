import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activity.models import AccessKey
from activity.store import reading
from activity.store.keys import account_name_key, agent_key, keys_of
from activity.store.positions import MILLISECOND, first_position_at, stored_at
from activity.store.reading import StatementQuery, find_statement, find_statements
from activity.store.references import copy_keys
from activity.store.writing import store_statements
from activity.tests.statements import ADA, ATTENDED, BEN, LESSON, ids_of, incoming_of, pointing_at, statement_of

pytestmark = pytest.mark.django_db

CAT = {"account": {"homePage": "https://school.example.org", "name": "cat"}}
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
OTHER = "https://example.org/lessons/2"


def store(*incoming):
    store_statements(incoming)
    return incoming


def found(**query):
    return ids_of(find_statements(StatementQuery(**{"limit": 100, "ascending": True} | query)).statements)


class TestById:
    def test_statement_is_found(self):
        [one] = store(incoming_of())
        assert find_statement(one.id).id == one.id
        assert find_statement(str(one.id)).raw == one.raw

    def test_nothing_is_found_of_an_unknown_id(self):
        assert find_statement(uuid.uuid4()) is None
        assert find_statement(uuid.uuid4(), voided=True) is None

    @pytest.mark.parametrize("voiding_first", [False, True])
    def test_voided_statement_is_found_only_as_such(self, voiding_first):
        one = incoming_of()
        voiding = incoming_of(pointing_at(one.id, voids=True))
        for each in (voiding, one) if voiding_first else (one, voiding):
            store(each)
        assert find_statement(one.id) is None
        assert find_statement(one.id, voided=True).id == one.id
        assert find_statement(voiding.id).id == voiding.id
        assert find_statement(voiding.id, voided=True) is None

    def test_statement_is_not_voided_by_another_kind_of_reference(self):
        [one, _] = store(one := incoming_of(), incoming_of(pointing_at(one.id)))
        assert find_statement(one.id)

    def test_voiding_statement_cannot_be_voided(self):
        one = incoming_of()
        voiding = incoming_of(pointing_at(one.id, voids=True))
        store(one, voiding, incoming_of(pointing_at(voiding.id, voids=True)))
        assert find_statement(voiding.id)
        assert find_statement(one.id) is None


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "matching"),
        [
            ({"agent": ADA}, statement_of(actor=ADA)),
            ({"agent": ADA}, statement_of(actor={"objectType": "Group", "member": [BEN, ADA]})),
            ({"agent": ADA}, statement_of(actor=CAT, object={"objectType": "Agent", **ADA})),
            ({"agent": {"mbox": "mailto:ADA@example.org"}}, statement_of(actor=ADA)),
            ({"agent": CAT}, statement_of(actor=CAT)),
            ({"verb": OTHER}, statement_of(verb=OTHER)),
            ({"activity": OTHER}, statement_of(activity=OTHER)),
            ({"registration": REGISTRATION.upper()}, statement_of(context={"registration": REGISTRATION})),
        ],
    )
    def test_only_statements_that_match_are_found(self, query, matching):
        one, _ = store(incoming_of(matching), incoming_of(statement_of(actor={"mbox": "mailto:eve@example.org"})))
        assert found(**query) == [one.id]

    RELATED = [
        ({"activity": OTHER, "related_activities": True}, context)
        for context in (
            {"context": {"contextActivities": {"parent": [{"id": OTHER}]}}},
            {"context": {"contextActivities": {"grouping": {"id": OTHER}}}},
            {"object": {"objectType": "SubStatement", **statement_of(activity=OTHER)}},
            {
                "object": {
                    "objectType": "SubStatement",
                    **statement_of(context={"contextActivities": {"other": [{"id": OTHER}]}}),
                }
            },
        )
    ] + [
        ({"agent": CAT, "related_agents": True}, context)
        for context in (
            {"authority": CAT},
            {"context": {"instructor": CAT}},
            {"context": {"team": {"objectType": "Group", "member": [CAT]}}},
            {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": CAT}]}},
            {"context": {"contextGroups": [{"objectType": "contextGroup", "group": {"member": [CAT]}}]}},
            {"object": {"objectType": "SubStatement", **statement_of(actor=CAT)}},
            {"object": {"objectType": "SubStatement", **statement_of(object={"objectType": "Agent", **CAT})}},
        )
    ]

    @pytest.mark.parametrize(("query", "more"), RELATED)
    def test_related_things_are_found_only_when_asked_for(self, query, more):
        one, _ = store(incoming_of(statement_of(**more)), incoming_of())
        assert found(**query) == [one.id]
        assert found(**query | {"related_agents": False, "related_activities": False}) == []

    def test_what_is_both_direct_and_related_is_found_once(self):
        context = {"instructor": ADA, "contextActivities": {"parent": [{"id": LESSON}]}}
        one, two = store(incoming_of(statement_of(context=context)), incoming_of())
        assert found(agent=ADA, related_agents=True, activity=LESSON, related_activities=True) == [one.id, two.id]

    def test_all_conditions_have_to_be_met(self):
        one, *_ = store(
            incoming_of(statement_of(actor=ADA, activity=OTHER)),
            incoming_of(statement_of(actor=ADA)),
            incoming_of(statement_of(actor=BEN, activity=OTHER)),
        )
        assert found(agent=ADA, activity=OTHER, verb=ATTENDED) == [one.id]
        assert found(agent=ADA, related_agents=True, activity=OTHER, related_activities=True) == [one.id]
        assert found(agent=ADA, activity=OTHER, verb=OTHER) == []

    @override_settings(SITE_URL="https://engage.example.org")
    def test_authority_that_we_gave_is_a_related_agent(self):
        key = AccessKey.objects.create(name="LMS", username="lms")
        one, _ = store(incoming_of(key_id=key.pk), incoming_of())
        agent = {"account": {"homePage": "https://engage.example.org", "name": "lms"}}
        assert found(agent=agent, related_agents=True) == [one.id]
        assert found(agent=agent, related_agents=True, verb=ATTENDED, registration=REGISTRATION) == []
        assert found(agent=agent, related_agents=False) == []

    @override_settings(SITE_URL="https://engage.example.org")
    def test_what_most_were_sent_with_is_not_what_is_walked_along(self, monkeypatch):
        monkeypatch.setattr(reading, "RARE", 2)
        key, other = (AccessKey.objects.create(name=name, username=name) for name in ("lms", "new"))
        store(*[incoming_of(key_id=key.pk) for _ in range(3)], incoming_of(key_id=other.pk))

        def walked_along(username):
            agent = {"account": {"homePage": "https://engage.example.org", "name": username}}
            query = StatementQuery(limit=9, agent=agent, related_agents=True, verb=ATTENDED)
            return reading._rarest_first(reading._conditions(query))[0].sent_with

        assert walked_along("lms") is None
        assert walked_along("new") == other.pk

    def test_authority_that_was_replaced_finds_nothing(self):
        key = AccessKey.objects.create(name="LMS", username="lms")
        store(incoming_of(statement_of(authority=CAT), key_id=key.pk))
        assert found(agent=CAT, related_agents=True) == []

    def test_actor_is_found_by_account_name_whatever_the_home_page(self):
        assert account_name_key("cat") in keys_of(statement_of(actor=CAT))
        assert agent_key("account:cat|https://school.example.org") in keys_of(statement_of(actor=CAT))


class TestReferences:
    @pytest.mark.parametrize("order", ["target first", "reference first", "together"])
    def test_filter_finds_what_points_at_a_match(self, order):
        one = incoming_of()
        pointing = incoming_of(pointing_at(one.id))
        both = {"target first": [one, pointing], "reference first": [pointing, one]}.get(order)
        if both:
            for each in both:
                store(each)
        else:
            store(pointing, one)
        assert set(found(agent=ADA, verb=ATTENDED, activity=LESSON)) == {one.id, pointing.id}

    def test_filter_follows_references_to_references(self):
        one = incoming_of()
        two = incoming_of(pointing_at(one.id))
        three = incoming_of(pointing_at(two.id))
        for each in (three, one, two):
            store(each)
        assert set(found(activity=LESSON)) == {one.id, two.id, three.id}

    def test_references_in_a_circle_come_to_an_end(self):
        a, b = uuid.uuid4(), uuid.uuid4()
        store(incoming_of(pointing_at(b, verb=OTHER), id=a))
        store(incoming_of(pointing_at(a), id=b))
        assert set(found(verb=OTHER)) == {a, b}

    def test_voiding_statement_is_found_in_place_of_the_voided_one(self):
        one = incoming_of()
        voiding = incoming_of(pointing_at(one.id, voids=True))
        store(one, voiding)
        assert found(agent=ADA) == [voiding.id]

    def test_filter_does_not_follow_a_statement_of_the_context(self):
        one = incoming_of()
        context = {"statement": {"objectType": "StatementRef", "id": str(one.id)}}
        store(one, incoming_of(statement_of(actor=BEN, context=context)))
        assert found(agent=ADA) == [one.id]

    def test_reference_does_not_describe_its_targets_activity(self):
        one = incoming_of(statement_of(object={"id": LESSON, "definition": {"name": {"en": "One"}}}))
        store(one, incoming_of(pointing_at(one.id)))
        assert found(activity=LESSON)

    def test_copying_keys_again_changes_nothing(self):
        one, pointing = incoming_of(), incoming_of(pointing_at(uuid.UUID(int=1)))
        positions = store_statements([one, pointing]).positions
        copy_keys(positions)
        copy_keys([])
        assert found(agent=ADA) == [one.id]


class TestTimes:
    def at(self, *milliseconds):
        return store(*[incoming_of(position=ms * MILLISECOND + 5) for ms in milliseconds])

    def test_since_leaves_out_its_own_moment_and_until_does_not(self):
        _, two, three, _ = self.at(1000, 1001, 1002, 1003)
        since, until = stored_at(1000 * MILLISECOND), stored_at(1002 * MILLISECOND)
        assert found(since=since, until=until) == [two.id, three.id]
        assert found(since=since, until=until, agent=ADA) == [two.id, three.id]

    def test_times_finer_than_ours_compare_as_what_we_tell(self):
        one, two = self.at(1000, 1001)
        between = stored_at(1000 * MILLISECOND) + timedelta(microseconds=500)
        assert found(since=between) == [two.id]
        assert found(until=between) == [one.id]

    def test_times_before_and_after_all_statements(self):
        one, two = self.at(1000, 1001)
        early, late = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        assert found(since=early, until=late) == [one.id, two.id]
        assert found(since=late) == found(until=early) == []

    def test_newest_comes_first_unless_asked_otherwise(self):
        one, two = self.at(1000, 1001)
        assert found(ascending=False) == [two.id, one.id]
        assert found(ascending=True) == [one.id, two.id]

    def test_position_and_stored_time_are_the_same(self):
        [one] = self.at(123456)
        assert first_position_at(find_statement(one.id).stored) == 123456 * MILLISECOND


class TestExact:
    def test_what_the_record_sets_itself_is_added(self):
        key = AccessKey.objects.create(name="LMS", username="lms")
        [one] = store(incoming_of(key_id=key.pk, position=1500 * MILLISECOND))
        assert find_statement(one.id).exact() == {
            **statement_of(),
            "id": str(one.id),
            "stored": "2020-01-01T00:00:01.500Z",
            "timestamp": "2020-01-01T00:00:01.500Z",
            "version": "1.0.0",
            "authority": {"objectType": "Agent", "account": {"homePage": "http://127.0.0.1:8000", "name": "lms"}},
        }

    def test_what_a_sender_may_say_stands_and_the_rest_does_not(self):
        key = AccessKey.objects.create(name="LMS", username="lms")
        said = {
            "timestamp": "2019-05-05T05:05:05+06:00",
            "version": "1.0.1",
            "stored": "1999-01-01T00:00:00Z",
            "authority": BEN,
        }
        [one] = store(incoming_of(statement_of(**said), key_id=key.pk))
        exact = find_statement(one.id).exact()
        assert (exact["timestamp"], exact["version"]) == ("2019-05-04T23:05:05.000Z", said["version"])  # in UTC
        assert exact["stored"] != said["stored"]
        assert exact["authority"]["account"]["name"] == "lms"

    def test_history_keeps_its_authority(self):
        one, two = store(incoming_of(statement_of(authority=BEN)), incoming_of())
        assert find_statement(one.id).exact()["authority"] == BEN
        assert find_statement(two.id).exact()["authority"]["account"]["name"] == "engagement"


class TestPages(TestCase):
    @given(
        milliseconds=st.lists(st.integers(1, 6), min_size=0, max_size=12),
        voided=st.sets(st.integers(0, 11)),
        limit=st.integers(1, 5),
        ascending=st.booleans(),
        about_ada=st.booleans(),
    )
    def test_pages_together_are_the_one_big_page(self, milliseconds, voided, limit, ascending, about_ada):
        batch = [
            incoming_of(statement_of(actor=ADA if number % 2 else BEN), position=ms * MILLISECOND + number)
            for number, ms in enumerate(milliseconds)
        ]
        voiding = [incoming_of(pointing_at(batch[n].id, voids=True)) for n in voided if n < len(batch)]
        store_statements([*batch, *voiding])
        query = {"ascending": ascending, "agent": ADA if about_ada else None}
        whole = find_statements(StatementQuery(limit=100, **query))
        assert whole.more_after is None
        pages, after = [], None
        while True:
            page = find_statements(StatementQuery(limit=limit, **query), after=after)
            pages += page.statements
            after = page.more_after
            if after is None:
                break
            assert len(page.statements) == limit
        assert pages == whole.statements
        positions = [one.position for one in whole.statements]
        assert positions == sorted(positions, reverse=not ascending)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")
def test_how_a_page_is_read_does_not_outlast_it():
    one, two = store(incoming_of(), incoming_of(statement_of(context={"instructor": ADA})))
    assert found(agent=ADA, related_agents=True, activity=LESSON, verb=ATTENDED) == [one.id, two.id]
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_sort")
        assert cursor.fetchone() == ("on",)
