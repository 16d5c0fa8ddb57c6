"""When a learner does most: by the pure rule, and the same for everybody in the database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.facts.hours import usual_hour
from activity.facts.usual_hours import refresh_usual_hours
from activity.models import Event, UsualHour
from learners.tests.factories import LearnerFactory

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


def at(hour: int, *, days_ago: int = 1, minute: int = 0) -> datetime:
    return (NOW - timedelta(days=days_ago)).replace(hour=hour, minute=minute)


def test_four_events_say_nothing():
    assert usual_hour([at(9)] * 4, now=NOW) is None


def test_fifth_event_does():
    assert usual_hour([at(9)] * 5, now=NOW) == (9, 5)


def test_what_is_older_than_four_weeks_does_not_count():
    assert usual_hour([at(9)] * 4 + [NOW - timedelta(days=28)], now=NOW) is None
    assert usual_hour([at(9)] * 4 + [NOW - timedelta(days=28) + timedelta(seconds=1)], now=NOW) == (9, 4)


def test_what_is_yet_to_come_does_not_count():
    assert usual_hour([at(9)] * 4 + [NOW + timedelta(seconds=1)], now=NOW) is None


def test_neighbouring_hours_support_each_other():
    assert usual_hour([at(9)] * 5 + [at(18)] * 3 + [at(19)] * 4, now=NOW) == (19, 4)


def test_last_hour_of_the_day_is_a_neighbour_of_the_first():
    assert usual_hour([at(9)] * 4 + [at(23)] * 3 + [at(0)] * 3, now=NOW) == (0, 3)


def test_hour_in_which_nothing_was_done_is_nobodys_usual_one():
    assert usual_hour([at(9)] * 3 + [at(11)] * 3, now=NOW) == (9, 3)


def test_moment_is_read_in_utc():
    dhaka = datetime.fromisoformat("2026-11-19T18:00:00+06:00")
    assert usual_hour([dhaka] * 5, now=NOW) == (12, 5)


def tell(learner, moments, start=1):
    Event.objects.bulk_create(
        Event(position=start + number, learner=learner, verb="v", object_id="o", occurred_at=moment)
        for number, moment in enumerate(moments)
    )


minutes_ago = st.integers(-60, 60 * 24 * 29).map(lambda minutes: NOW - timedelta(minutes=minutes))
in_a_few_hours = st.builds(
    at, st.sampled_from([0, 1, 9, 10, 11, 22, 23]), days_ago=st.integers(1, 20), minute=st.integers(0, 59)
)


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.lists(minutes_ago | in_a_few_hours, max_size=20), min_size=3, max_size=3))
def test_statements_and_rule_find_the_same_hours(told):
    with transaction.atomic():
        learners = [LearnerFactory() for _ in told]
        UsualHour.objects.create(learner=learners[0], hour=3, events=99)
        for number, (learner, moments) in enumerate(zip(learners, told, strict=True)):
            tell(learner, moments, start=1000 * (number + 1))

        refresh_usual_hours(NOW)

        by_rule = {learner.pk: usual_hour(moments, now=NOW) for learner, moments in zip(learners, told, strict=True)}
        stored = {pk: (hour, events) for pk, hour, events in UsualHour.objects.values_list("learner", "hour", "events")}
        assert stored == {pk: hour for pk, hour in by_rule.items() if hour}
        assert refresh_usual_hours(NOW) == 0
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_number_of_statements_does_not_grow(django_assert_num_queries):
    for number in range(5):
        tell(LearnerFactory(), [at(number)] * 6, start=1000 * (number + 1))
    with django_assert_num_queries(6):
        assert refresh_usual_hours(NOW) == 5
