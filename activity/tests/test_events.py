from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.events import actor_of, read_event, read_mark, voids
from activity.tests.factories import ADL, LESSON, LESSON_TYPE, QUIZ_TYPE, a_statement, a_voiding, an_account

STORED = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read(**statement):
    return read_event(a_statement(**statement), STORED)


def test_everything_that_an_event_has_is_read():
    event = read_event(
        a_statement(
            verb="passed",
            score={"scaled": 0.855},
            result={"success": True, "completion": False, "duration": "PT1H0.5S"},
            name="Fractions",
            context={
                "platform": "Moodle",
                "contextActivities": {"parent": [{"id": "https://example.org/course"}, {"id": "https://other"}]},
            },
            timestamp="2026-11-19T10:00:00+06:00",
        ),
        STORED,
        sender="a key",
    )
    assert event.verb == ADL + "passed"
    assert (event.object_id, event.object_type, event.object_name) == (LESSON, LESSON_TYPE, "Fractions")
    assert event.parent_id == "https://example.org/course"
    assert (event.mark, event.mark_counts, event.meaning) == (Decimal("85.50"), True, "completed")
    assert (event.success, event.completion) == (True, False)
    assert event.duration_seconds == Decimal("3600.50")
    assert event.occurred_at == datetime(2026, 11, 19, 4, tzinfo=UTC)
    assert event.source == "Moodle"


def test_what_a_statement_does_not_say_is_absent():
    event = read_event(a_statement(verb="initialized", type=None), STORED, sender="A key")
    assert (event.object_type, event.object_name, event.parent_id) == ("", "", "")
    assert (event.mark, event.success, event.completion, event.duration_seconds) == (None, None, None, None)
    assert (event.occurred_at, event.source) == (STORED, "A key")


@pytest.mark.parametrize(
    ("score", "mark"),
    [
        ({"scaled": 0}, "0.00"),
        ({"scaled": 1}, "100.00"),
        ({"scaled": -0.5}, "0.00"),
        ({"scaled": 0.285}, "28.50"),  # a float would say 28.499…
        ({"scaled": 0.66665}, "66.67"),
        ({"scaled": 0.5, "raw": 9, "max": 10}, "50.00"),
        ({"raw": 0, "max": 10}, "0.00"),
        ({"raw": 9, "max": 10}, "90.00"),
        ({"raw": 7, "min": 4, "max": 10}, "50.00"),
        ({"raw": 1, "max": 3}, "33.33"),
        ({"raw": 2, "min": 0, "max": 3}, "66.67"),
        ({"raw": -1, "min": -3, "max": 1}, "50.00"),
        ({"raw": 11, "max": 10}, "100.00"),
        ({"raw": 9}, None),
        ({"raw": 9, "min": 0}, None),
        ({"raw": 0, "min": 0, "max": 0}, None),
        ({"max": 10}, None),
        ({}, None),
        ({"scaled": float("inf")}, None),
        ({"raw": 10**400, "max": 10**401}, "10.00"),
    ],
)
def test_mark_is_a_percentage_rounded_half_up(score, mark):
    assert read_mark(score) == (None if mark is None else Decimal(mark))


@given(raw=st.floats(allow_nan=False), low=st.floats(allow_nan=False), high=st.floats(allow_nan=False))
def test_mark_of_any_numbers_is_none_or_within_its_bounds(raw, low, high):
    mark = read_mark({"raw": raw, "min": low, "max": high})
    assert mark is None or (0 <= mark <= 100 and mark == mark.quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("PT0S", "0.00"),
        ("PT1.005S", "1.01"),
        ("P1D", "86400.00"),
        ("an hour", None),
        ("", None),
        ("PT99999999999S", None),
        ("PT9999999999.999S", None),
    ],
)
def test_duration_is_seconds_or_absent(duration, seconds):
    event = read(result={"duration": duration})
    assert event.duration_seconds == (None if seconds is None else Decimal(seconds))


@pytest.mark.parametrize(
    ("timestamp", "occurred_at"),
    [
        ((STORED - timedelta(seconds=1)).isoformat(), STORED - timedelta(seconds=1)),
        ((STORED + timedelta(seconds=1)).isoformat(), STORED),
        ("2031-01-01T00:00:00Z", STORED),
        ("1970-01-01T00:07:00Z", STORED),
        ("1980-01-01T00:00:00Z", STORED),
        ("2000-01-01T12:00:00Z", STORED),
        ("2004-09-01T08:00:00Z", datetime(2004, 9, 1, 8, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", STORED),
        ("yesterday", STORED),
    ],
)
def test_time_is_that_of_the_statement_but_never_later_than_it_was_stored(timestamp, occurred_at):
    assert read(timestamp=timestamp).occurred_at == occurred_at


def test_moodle_names_the_quiz_of_a_question_among_its_groupings():
    question = "http://adlnet.gov/expapi/activities/cmi.interaction"
    course = {
        "id": "https://example.org/course",
        "definition": {"type": "http://id.tincanapi.com/activitytype/lms/course"},
    }
    quiz = {"id": "https://example.org/quiz", "definition": {"type": QUIZ_TYPE}}
    answer = {"verb": "answered", "type": question, "score": 1}
    event = read(**answer, context={"contextActivities": {"grouping": [course, quiz]}})
    assert (event.parent_id, event.meaning, event.mark_counts) == ("https://example.org/quiz", "", False)
    alone = read(**answer, context={"contextActivities": {"grouping": [course]}})
    assert (alone.parent_id, alone.meaning, alone.mark_counts) == ("", "answered", True)
    whole = read(object="https://example.org/quiz", type=QUIZ_TYPE, context={"contextActivities": {"grouping": quiz}})
    assert (whole.parent_id, whole.meaning) == ("", "completed")


def test_one_parent_in_place_of_several_is_read():
    event = read(context={"contextActivities": {"parent": {"id": "https://example.org/quiz"}}})
    assert event.parent_id == "https://example.org/quiz"


def test_part_of_a_quiz_has_a_mark_that_does_not_count_by_itself():
    question = "http://adlnet.gov/expapi/activities/cmi.interaction"
    event = read(verb="answered", type=question, parent="https://example.org/quiz", score=1)
    assert (event.mark, event.mark_counts) == (100, False)
    assert read(verb="answered", type=question, score=1).mark_counts


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"bn": "ভগ্নাংশ", "en-GB": "Fractions"}, "Fractions"),
        ({"de": "Brüche", "bn": "ভগ্নাংশ"}, "Brüche"),
        ({}, ""),
        ({"en": "x" * 400}, "x" * 300),
    ],
)
def test_name_is_english_where_there_is_some(names, name):
    assert read(object={"id": LESSON, "definition": {"name": names}}).object_name == name


@pytest.mark.parametrize(
    ("object_", "kind"),
    [
        ({"objectType": "Agent", "mbox": "mailto:teacher@example.org"}, "Agent"),
        ({"objectType": "StatementRef", "id": a_statement()["id"]}, "StatementRef"),
        ({"objectType": "SubStatement", **a_statement()}, "SubStatement"),
    ],
)
def test_what_is_no_activity_is_a_sign_of_life_alone(object_, kind):
    event = read(verb="completed", object=object_, score=1)
    assert (event.object_id, event.object_type) == ("", kind)
    assert (event.meaning, event.mark_counts) == ("", False)


def test_voiding_statement_is_no_event():
    target = a_statement()
    assert voids(a_voiding(target)) == target["id"]
    assert read_event(a_voiding(target), STORED) is None
    assert voids(target) is None
    assert voids(a_statement(verb="commented", object={"objectType": "StatementRef", "id": target["id"]})) is None


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ({"mbox": "mailto:Riya@Example.org"}, "mbox:riya@example.org"),
        (
            {"objectType": "Agent", **an_account("riya", "https://lms.example.org")},
            "account:riya|https://lms.example.org",
        ),
        ({"objectType": "Group", "member": [{"mbox": "mailto:riya@example.org"}]}, None),
        ({"objectType": "Group", "mbox": "mailto:class@example.org"}, None),
    ],
)
def test_event_is_of_one_agent(actor, name):
    assert actor_of(a_statement(actor=actor)) == name
    assert (read(actor=actor) is None) == (name is None)


def test_texts_are_cut_to_what_columns_hold():
    long = "https://example.org/" + "x" * 3000
    event = read(verb=long, object=long, type=long, parent=long)
    assert (len(event.verb), len(event.object_id)) == (1000, 2000)
    assert (len(event.object_type), len(event.parent_id)) == (1000, 2000)
