from datetime import timedelta

import pytest
from django.utils import timezone

from nudges.delivery.overview import overview
from nudges.models import Attempt, ChannelState
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def waiting(due_at, **fields):
    return NudgeFactory(state="queued", due_at=due_at, **fields)


def tried(minutes_ago, *, nudge=None, **fields):
    attempt = Attempt.objects.create(nudge=nudge or NudgeFactory(), provider="in-app", **fields)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=NOW - timedelta(minutes=minutes_ago))


def test_when_nothing_waits_all_is_well():
    found = overview(now=NOW)
    assert (found.due, found.later, found.oldest_at, found.problems) == (0, 0, None, [])
    assert [channel.why for channel in found.channels] == [None] * 4


def test_what_waits_is_told_apart_by_channel_urgency_and_time():
    waiting(NOW - HOUR)
    waiting(NOW + HOUR)
    waiting(None)
    waiting(NOW, channel="sms", priority=6)
    waiting(NOW, channel="sms", priority=3)
    found = [(q.channel, str(q.urgency), q.due, q.later, q.held) for q in overview(now=NOW).queues]
    assert found == [
        ("in-app", "People and the API", 1, 1, 1),
        ("sms", "Daily reminders", 1, 0, 0),
        ("sms", "Campaigns", 1, 0, 0),
    ]
    assert overview(now=NOW).oldest_at == NOW - HOUR


def test_what_waits_too_long_is_a_problem_unless_its_channel_is_paused():
    waiting(NOW - HOUR)
    assert overview(now=NOW).problems == ["Messages wait longer than they should. Is manage.py work running?"]
    ChannelState.objects.create(channel="in-app", is_paused=True)
    assert overview(now=NOW).problems == ["In-app is paused by hand. Its messages wait."]


def test_provider_that_fails_is_a_problem():
    ChannelState.objects.create(channel="sms", failures=5, closed_until=NOW + HOUR)
    assert overview(now=NOW).problems == [
        "SMS: the provider fails. One message is tried from time to time; the others wait."
    ]


def test_calls_are_counted_by_minute_and_hour():
    for minutes in (0, 5, 61):
        tried(minutes, outcome="accepted")
    tried(0, outcome="refused")
    found = overview(now=NOW)
    assert (found.last_minute, found.last_hour) == (1, 2)


def test_failures_of_a_day_are_counted_by_reason():
    for minutes in (1, 2, 25 * 60):
        tried(minutes, outcome="refused", error="provider_busy: The provider asked to try again later.")
    tried(3, outcome="refused", error="Cut off while it was being sent.")
    found = [(failure.code, failure.count) for failure in overview(now=NOW).failures]
    assert found == [("provider_busy", 2), ("Cut off while it was being sent.", 1)]


def test_page_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    for number in range(5):
        waiting(NOW, priority=number)
        tried(1, nudge=NudgeFactory(state="sending", due_at=NOW - HOUR))
    with django_assert_max_num_queries(7):
        found = overview(now=NOW)
        assert len(found.stuck) == found.stuck_count == 5
        assert found.problems
