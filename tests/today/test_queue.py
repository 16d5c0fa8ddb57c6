from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engagement.today.queue import queue_of
from engagement.today.ranking import Reach
from engagement.today.visits import put_back, put_off
from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from nudges.models import Task
from nudges.tests.factories import NudgeFactory
from riskscoring.tests.factories import RiskScoreFactory, RiskSnapshotFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SINCE = NOW.date() - timedelta(days=1)


def at_risk(priority=8_000, *, before=None, **learner):
    found = LearnerFactory(**{"phone": "+8801712345678", **learner})
    RiskScoreFactory(learner=found, score=Decimal(priority) / 10_000, label="high", priority=priority, inputs_known=4)
    if before is not None:
        RiskSnapshotFactory(learner=found, day=SINCE, score=Decimal(before) / 10_000)
    return found


def queue(**options):
    return queue_of(**{"owner": None, "since": SINCE, "now": NOW, "size": 10, **options})


def shown(**options):
    return queue(**options).learner_ids


def test_who_got_worse_since_the_last_visit_comes_first():
    calm = at_risk(9_000, before=9_000)
    worse = at_risk(7_000, before=4_000)
    assert shown() == [worse.pk, calm.pk]


def test_the_day_holds_so_many_and_says_how_many_more_wait():
    for _ in range(3):
        at_risk()
    found = queue(size=2)
    assert (len(found.learner_ids), found.waiting) == (2, 3)


def test_low_risk_and_unknown_are_not_in_the_queue():
    at_risk(1_000)
    at_risk(-1)
    assert shown() == []


@pytest.mark.parametrize("status", ["finished", "left"])
def test_who_is_not_on_the_course_any_more_is_not_in_the_queue(status):
    at_risk(status=status)
    assert shown() == []


def test_who_was_nudged_in_the_last_days_may_still_answer():
    at_risk(last_contacted_at=NOW - timedelta(days=2))
    waited_long = at_risk(last_contacted_at=NOW - timedelta(days=4))
    assert shown() == [waited_long.pk]


def test_who_has_a_nudge_waiting_is_seen_to():
    NudgeFactory(learner=at_risk(), state="queued")
    assert shown() == []


def test_who_has_an_open_task_is_in_the_tasks_instead():
    learner = at_risk()
    task = Task.objects.create(learner=learner, cause="help", due_on=NOW.date())
    assert shown() == []
    task.closed_at = NOW
    task.save()
    assert shown() == [learner.pk]


def test_who_was_put_off_comes_back_on_the_day(coordinator):
    learner = at_risk()
    put_off(learner, until=NOW.date() + timedelta(days=1), by=coordinator, now=NOW)
    assert shown() == []
    assert shown(now=NOW + timedelta(days=1)) == [learner.pk]


def test_who_was_put_off_can_be_put_back(coordinator):
    learner = at_risk()
    put_off(learner, until=NOW.date() + timedelta(days=7), by=coordinator, now=NOW)
    put_back(learner)
    assert shown() == [learner.pk]


def test_only_the_owners_learners_are_asked_for(coordinator):
    mine = at_risk(owner=coordinator)
    at_risk()
    assert shown(owner=coordinator) == [mine.pk]


def test_a_learner_without_a_phone_is_reached_by_a_verified_address():
    learner = at_risk(phone="")
    ContactPreferenceFactory(learner=learner, channel="email", allowed=True, verified_at=NOW)
    assert queue().standings[0].reach == Reach.DIRECTLY


def test_an_address_that_bounces_reaches_nobody():
    learner = at_risk(phone="")
    ContactPreferenceFactory(learner=learner, channel="email", allowed=True, verified_at=NOW, bounced_at=NOW)
    assert queue().standings[0].reach == Reach.INSIDE_ONLY


def test_who_refuses_everything_and_has_no_phone_is_not_in_the_queue():
    ContactPreferenceFactory(learner=at_risk(phone=""), channel="in-app", allowed=False)
    assert shown() == []


def test_a_class_that_is_one_item_is_not_shown_learner_by_learner():
    cohort = CohortFactory()
    at_risk(8_000, before=3_000, cohort=cohort, program=cohort.program)
    long_known = at_risk(8_000, before=8_000, cohort=cohort, program=cohort.program)
    assert shown(in_dips={cohort.pk}) == [long_known.pk]


def test_it_takes_as_many_queries_for_many_as_for_few(django_assert_num_queries):
    at_risk()
    with django_assert_num_queries(2):
        queue()
    for _ in range(20):
        at_risk()
    with django_assert_num_queries(2):
        queue()
