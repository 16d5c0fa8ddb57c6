"""One SELECT reminds whom rules.py reminds, on both databases."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.facts.rules import Pause
from activity.models import Attendance, Interruption, Lesson, LessonProgress, Session
from learners.sql import rows
from learners.tests.factories import CohortFactory, LearnerFactory
from nudges.models import Campaign, NudgeBatch
from nudges.reminders.audience import days_of, due_today, has_something, zones_on
from nudges.reminders.rules import DueLesson, Meeting, Window, goal_today, is_open
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db

ZONES = ["UTC", "Asia/Dhaka", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Paris", "America/New_York", "Nowhere/Else"]
NOWS = [
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    datetime(2026, 11, 20, 10, 30, tzinfo=UTC),  # three days at once: the 19th is over soon, the 21st has begun
    datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # the night in which the clock changes in Paris
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # and in New York
]


@dataclass(frozen=True)
class World:
    now: datetime
    zones: list[str]
    lessons: list[tuple[int, int | None, bool, set[int]]]  # days from today, order, counts, who completed it
    sessions: list[tuple[int, bool, dict[int, str]]]  # minutes from now, cancelled, answers
    pauses: list[tuple[int, int, str]]  # first day, length, decision


learner_numbers = st.integers(0, 3)
worlds = st.builds(
    World,
    now=st.sampled_from(NOWS),
    zones=st.lists(st.sampled_from(ZONES), min_size=4, max_size=4),
    lessons=st.lists(
        st.tuples(
            st.integers(-1, 1),
            st.none() | st.integers(0, 3),
            st.sampled_from([True, True, False]),
            st.sets(learner_numbers, max_size=3),
        ),
        max_size=4,
    ),
    sessions=st.lists(
        st.tuples(
            st.sampled_from([59, 60, 61, -1]) | st.integers(-120, 2000),
            st.sampled_from([False, False, True]),
            st.dictionaries(learner_numbers, st.sampled_from(["booked", "attended", "missed", "excused"]), max_size=3),
        ),
        max_size=4,
    ),
    pauses=st.lists(
        st.tuples(st.integers(-2, 2), st.integers(0, 2), st.sampled_from(["", "confirmed", "dismissed"])),
        max_size=2,
        unique_by=lambda pause: pause[0],
    ),
)


def found(now: datetime, *, open_only: bool) -> dict[int, str]:
    """By the SELECT: each learner's goal, over all days that it is now."""
    goals: dict[int, str] = {}
    for day in days_of(now):
        statement = due_today(now, day=day) if open_only else has_something(now, day=day, zones=zones_on(day, now))
        for learner, goal in rows(statement.text, statement.params):
            assert learner not in goals
            goals[learner] = goal
    return goals


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_select_and_rules_remind_the_same_learners_of_the_same(world):
    with transaction.atomic():
        cohort = CohortFactory()
        learners = [LearnerFactory(program=cohort.program, cohort=cohort, timezone=zone) for zone in world.zones]
        lessons = [
            Lesson.objects.create(
                program=cohort.program,
                activity_id=f"urn:{number}",
                title="x",
                due_on=world.now.date() + timedelta(days=days),
                order=order,
                counts=counts,
            )
            for number, (days, order, counts, _) in enumerate(world.lessons)
        ]
        for lesson, (_, _, _, completed) in zip(lessons, world.lessons, strict=True):
            LessonProgress.objects.bulk_create(
                LessonProgress(
                    lesson=lesson,
                    learner=learner,
                    begun_at=world.now,
                    last_at=world.now,
                    completed_at=world.now if number in completed else None,
                )
                for number, learner in enumerate(learners[:3])
            )
        sessions = [
            Session.objects.create(
                cohort=cohort,
                title="x",
                starts_at=world.now + timedelta(minutes=minutes),
                ends_at=world.now + timedelta(minutes=minutes + 60),
                cancelled_at=world.now if cancelled else None,
            )
            for minutes, cancelled, _ in world.sessions
        ]
        for session, (_, _, answers) in zip(sessions, world.sessions, strict=True):
            for number, answer in answers.items():
                Attendance.objects.create(session=session, learner=learners[number], answer=answer)
        pauses = []
        for first, length, decision in world.pauses:
            first_day = world.now.date() + timedelta(days=first)
            pause = Pause(first_day, first_day + timedelta(days=length))
            Interruption.objects.create(
                cohort=cohort, first_day=pause.first_day, last_day=pause.last_day, decision=decision
            )
            pauses += [pause] if decision != "dismissed" else []

        by_rule = {}
        for number, learner in enumerate(learners):
            goal = goal_today(
                timezone=learner.timezone,
                lessons=[
                    DueLesson(
                        pk=lesson.pk,
                        due_on=lesson.due_on,
                        order=lesson.order,
                        counts=lesson.counts,
                        completed=number in completed and number < 3,
                    )
                    for lesson, (_, _, _, completed) in zip(lessons, world.lessons, strict=True)
                ],
                sessions=[
                    Meeting(
                        pk=session.pk,
                        starts_at=session.starts_at,
                        cancelled=session.cancelled_at is not None,
                        answer=answers.get(number),
                    )
                    for session, (_, _, answers) in zip(sessions, world.sessions, strict=True)
                ],
                pauses=pauses,
                now=world.now,
            )
            if goal:
                by_rule[learner.pk] = goal

        assert found(world.now, open_only=False) == by_rule
        in_window = {one.pk for one in learners if is_open(one.timezone, Window(), world.now)}
        assert found(world.now, open_only=True) == {pk: goal for pk, goal in by_rule.items() if pk in in_window}
        transaction.set_rollback(True)


def a_learner_with_a_lesson(day: date, timezone: str = "UTC"):
    learner = LearnerFactory(timezone=timezone)
    Lesson.objects.create(program=learner.program, activity_id="urn:1", title="Loops", due_on=day)
    return learner


def test_learner_of_another_program_and_cohort_is_not_reminded():
    now = NOWS[0]
    a_learner_with_a_lesson(now.date())
    cohort = CohortFactory()
    Session.objects.create(
        cohort=cohort, title="x", starts_at=now + timedelta(hours=2), ends_at=now + timedelta(hours=3)
    )
    other = LearnerFactory(program=None, cohort=None)

    assert other.pk not in found(now, open_only=True)


def test_who_has_got_a_reminder_for_this_day_gets_no_other_on_it():
    now = NOWS[0]
    learner = a_learner_with_a_lesson(now.date())
    campaign = Campaign.objects.create(name="Reminders", is_reminder=True, type="reminder")
    batch = NudgeBatch.objects.create(campaign=campaign, day=now.date(), channel="in-app", type="reminder")
    assert learner.pk in found(now, open_only=True)

    NudgeFactory(batch=batch, learner=learner, state="suppressed")
    assert learner.pk not in found(now, open_only=True)
    assert learner.pk in found(now, open_only=False)


@pytest.mark.parametrize("other", ["day", "campaign"])
def test_reminder_of_another_day_or_another_message_today_is_no_hindrance(other):
    now = NOWS[0]
    learner = a_learner_with_a_lesson(now.date())
    campaign = Campaign.objects.create(name="Reminders", is_reminder=other == "day", type="reminder")
    day = now.date() - timedelta(days=other == "day")
    batch = NudgeBatch.objects.create(campaign=campaign, day=day, channel="in-app", type="reminder")
    NudgeFactory(batch=batch, learner=learner, state="delivered")

    assert learner.pk in found(now, open_only=True)


def test_window_is_the_one_that_staff_set():
    now = NOWS[0]
    learner = a_learner_with_a_lesson(now.date())
    Campaign.objects.create(name="Reminders", is_reminder=True, type="reminder", window_from=10, window_until=11)

    assert learner.pk not in found(now, open_only=True)
    assert learner.pk in found(now + timedelta(hours=1), open_only=True)


def test_there_can_be_three_days_at_once():
    for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12"):
        LearnerFactory(timezone=zone)

    assert days_of(datetime(2026, 11, 20, 11, tzinfo=UTC)) == [date(2026, 11, day) for day in (19, 20, 21)]
    assert days_of(datetime(2026, 11, 20, 11, tzinfo=UTC), window=Window()) == [date(2026, 11, 20)]


def test_nobody_is_somewhere_else():
    assert days_of(NOWS[0]) == []
    statement = due_today(NOWS[0], day=NOWS[0].date())
    assert rows(statement.text, statement.params) == []
