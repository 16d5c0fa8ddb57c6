"""The facts are the same whichever way they came about: as rules.py has them, one by one, rebuilt, and refreshed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from activity.facts import decisions, rules
from activity.facts.lessons import assign_lessons
from activity.facts.meaning import DISCOVERING, PRESENT, Meaning
from activity.facts.services import apply_events, rebuild, refresh
from activity.models import (
    ActiveDay,
    Attendance,
    Event,
    Interruption,
    LearnerFacts,
    Lesson,
    LessonProgress,
    Session,
)
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
ACTIVITIES = [f"https://example.org/{name}" for name in "abcde"]
LEARNERS = range(3)
SILENT = 3  # a learner of whom there are no events
IMPORTED = Decimal("12.34")


@dataclass(frozen=True)
class Told:
    learner: int
    activity: str
    meaning: str
    mark: int | None
    mark_counts: bool
    at: datetime


@dataclass(frozen=True)
class Planned:
    activity: str
    due_on: date | None
    order: int | None
    counts: bool
    late: bool  # defined when its events are there already


@dataclass(frozen=True)
class Meeting:
    activity: str
    starts_at: datetime
    cancelled: bool
    by_hand: dict[int, str]
    late: bool


@dataclass(frozen=True)
class World:
    told: list[Told]
    lessons: list[Planned]
    meetings: list[Meeting]
    pauses: list[rules.Pause]
    joined_at: list[datetime]
    batch: int


hours = st.integers(-24 * 40, 0).map(lambda hours: NOW + timedelta(hours=hours))
days = st.integers(-40, 10).map(lambda days: TODAY + timedelta(days=days))
answers = st.sampled_from(["booked", "attended", "missed", "excused"])


@st.composite
def told(draw):
    mark = draw(st.none() | st.sampled_from([0, 1, 3333, 3334, 5000, 9999, 10_000]) | st.integers(0, 10_000))
    return Told(
        learner=draw(st.sampled_from(LEARNERS)),
        activity=draw(st.sampled_from(ACTIVITIES)),
        meaning=draw(st.sampled_from([meaning.value for meaning in Meaning])),
        mark=mark,
        mark_counts=mark is not None and draw(st.booleans()),
        at=draw(hours),
    )


@st.composite
def pauses(draw):
    found, first = [], TODAY - timedelta(days=45)
    for gap, length in draw(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 10)), max_size=3)):
        first += timedelta(days=gap)
        found.append(rules.Pause(first, first + timedelta(days=length - 1)))
        first = found[-1].last_day
    return found


worlds = st.builds(
    World,
    told=st.lists(told(), max_size=25),
    lessons=st.lists(
        st.builds(
            Planned,
            activity=st.sampled_from(ACTIVITIES),
            due_on=st.none() | days | st.just(TODAY),
            order=st.none() | st.integers(1, 4),
            counts=st.sampled_from([True, True, True, False]),
            late=st.booleans(),
        ),
        max_size=4,
        unique_by=lambda lesson: lesson.activity,
    ),
    meetings=st.lists(
        st.builds(
            Meeting,
            activity=st.sampled_from(ACTIVITIES),
            starts_at=hours | st.sampled_from([NOW - timedelta(hours=1), NOW]),
            cancelled=st.sampled_from([False, False, False, True]),
            by_hand=st.dictionaries(st.sampled_from([*LEARNERS, SILENT]), answers, max_size=2),
            late=st.booleans(),
        ),
        max_size=4,
        unique_by=lambda meeting: meeting.activity,
    ),
    pauses=pauses(),
    joined_at=st.lists(hours, min_size=4, max_size=4),
    batch=st.integers(1, 10),
)


@pytest.fixture
def nobody_hears(settings):
    settings.LEARNERS_CHANGED_RECEIVERS = []


class Built:
    """The world, made through the doors that it really comes through."""

    def __init__(self, world: World) -> None:
        self.cohort = CohortFactory(program=ProgramFactory())
        self.learners = [LearnerFactory(cohort=self.cohort, completed_percent=IMPORTED) for _ in [*LEARNERS, SILENT]]
        for learner, joined_at in zip(self.learners, world.joined_at, strict=True):
            Learner.objects.filter(pk=learner.pk).update(created_at=joined_at)
        for pause in world.pauses:
            Interruption.objects.create(cohort=self.cohort, first_day=pause.first_day, last_day=pause.last_day)
        self.define(world, late=False)
        events = [
            Event(
                position=number,
                learner=self.learners[one.learner],
                verb="v",
                object_id=one.activity,
                meaning=one.meaning,
                mark=None if one.mark is None else Decimal(one.mark).scaleb(-2),
                mark_counts=one.mark_counts,
                occurred_at=one.at,
            )
            for number, one in enumerate(world.told)
        ]
        for first in range(0, len(events), world.batch):
            some = events[first : first + world.batch]
            assign_lessons(some)
            Event.objects.bulk_create(some)
            apply_events(some)
        self.define(world, late=True)

    def define(self, world: World, *, late: bool) -> None:
        for planned in world.lessons:
            if planned.late is late:
                found = Lesson.objects.filter(activity_id=planned.activity).first()
                lesson = found or Lesson(program=self.cohort.program, activity_id=planned.activity, title="t")
                lesson.due_on, lesson.order, lesson.counts = planned.due_on, planned.order, planned.counts
                decisions.save_lesson(lesson)
        for meeting in world.meetings:
            if meeting.late is late:
                session = Session(
                    cohort=self.cohort,
                    activity_id=meeting.activity,
                    starts_at=meeting.starts_at,
                    ends_at=meeting.starts_at + timedelta(hours=1),
                    cancelled_at=NOW if meeting.cancelled else None,
                )
                decisions.save_session(session)
                for learner, answer in meeting.by_hand.items():
                    decisions.record_attendance(session=session, learner=self.learners[learner], answer=answer, by=None)

    def facts(self):
        """Of each learner, what is stored of them."""
        columns = ("last_activity_at", "lessons_due", "lessons_completed", "completed_percent", "marks")
        columns += ("avg_quiz_score", "consecutive_missed_sessions")
        stored = {row[0]: row[1:] for row in LearnerFacts.objects.values_list("pk", *columns)}
        return [stored.get(learner.pk, (None, 0, 0, None, 0, None, None)) for learner in self.learners]

    def inputs(self):
        columns = ("last_login", "completed_percent", "avg_quiz_score", "consecutive_missed_sessions")
        return list(Learner.objects.order_by("pk").values_list(*columns))


def by_the_rules(world: World):
    """The same as Built.facts(), worked out from the plain values by rules.py."""
    planned = {lesson.activity: lesson for lesson in world.lessons}
    for one in world.told:
        if one.meaning in DISCOVERING and one.activity not in planned:
            planned[one.activity] = Planned(one.activity, due_on=None, order=None, counts=True, late=True)
    anybody = any(done_by_the_rules(world, learner, lesson) for learner in LEARNERS for lesson in planned.values())
    return [facts_by_the_rules(world, learner, planned, anybody) for learner in [*LEARNERS, SILENT]]


def done_by_the_rules(world, learner, lesson):
    """What the learner's events say of the lesson; an answer counts on one that is defined, or that they have begun."""
    about = [one for one in world.told if one.activity == lesson.activity]
    was_discovered = lesson.late and any(one.meaning in DISCOVERING for one in about)
    own = {one.meaning for one in about if one.learner == learner}
    is_at_work = own & {*DISCOVERING}
    return is_at_work | ({Meaning.ANSWERED} & own if is_at_work or not was_discovered else set())


def facts_by_the_rules(world, learner, planned, anybody):
    own = [one for one in world.told if one.learner == learner]
    last = max((one.at for one in own), default=None)
    share = rules.share_completed(
        [
            rules.Work(
                due_on=lesson.due_on,
                order=lesson.order,
                counts=lesson.counts,
                begun_on=min(
                    (one.at.date() for one in own if one.activity == lesson.activity and one.meaning in done),
                    default=None,
                ),
                completed=bool(done & {Meaning.COMPLETED, Meaning.ANSWERED}),
            )
            for lesson in planned.values()
            for done in [done_by_the_rules(world, learner, lesson)]
        ],
        is_heard_of=bool(own) or anybody,
        pauses=world.pauses,
        as_of=TODAY,
    )
    marks = [(one.activity, one.mark) for one in own if one.mark_counts]
    missed = rules.missed_in_a_row(
        [
            rules.Meeting(
                starts_at=meeting.starts_at,
                ends_at=meeting.starts_at + timedelta(hours=1),
                cancelled=meeting.cancelled,
                answer=answer_by_the_rules(world, meeting, learner),
                recorded=any(
                    answer_by_the_rules(world, meeting, anyone) in rules.RECORDING for anyone in [*LEARNERS, SILENT]
                ),
            )
            for meeting in world.meetings
        ],
        joined_at=min([world.joined_at[learner], *(one.at for one in own)]),
        last_activity=last.date() if last else None,
        pauses=world.pauses,
        moment=NOW,
        as_of=TODAY,
    )
    return (
        last,
        share.due,
        share.completed,
        percent(share.hundredths),
        len({activity for activity, _ in marks}),
        percent(rules.average_mark(marks)),
        missed,
    )


def answer_by_the_rules(world, meeting, learner):
    if learner in meeting.by_hand:
        return meeting.by_hand[learner]
    meanings = {one.meaning for one in world.told if (one.learner, one.activity) == (learner, meeting.activity)}
    if meanings & {*PRESENT}:
        return "attended"
    return next((answer for answer in ("excused", "missed", "booked") if answer in meanings), None)


def percent(hundredths):
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def is_planned():
    """Whether staff said of any lesson what is due: else an imported share of work stays."""
    return Lesson.objects.exclude(discovered=True, due_on=None, order=None).exists()


def everything_that_follows():
    return (
        set(
            LessonProgress.objects.values_list("learner", "lesson", "begun_at", "last_at", "completed_at", "best_mark")
        ),
        set(Attendance.objects.values_list("session", "learner", "answer", "booked_at", "by_hand")),
        set(ActiveDay.objects.values_list("learner", "day")),
        set(Event.objects.values_list("position", "lesson")),
        set(Lesson.objects.values_list("program", "activity_id", "order", "due_on", "counts")),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(world=worlds)
def test_one_by_one_rebuilt_refreshed_and_by_the_rules(world, nobody_hears):
    with mock.patch("django.utils.timezone.now", return_value=NOW), transaction.atomic():
        built = Built(world)
        expected = by_the_rules(world)
        assert built.facts() == expected
        followed, inputs = everything_that_follows(), built.inputs()
        for (seen, completed, quiz, missed), facts in zip(inputs, expected, strict=True):
            assert seen == facts[0]
            # What staff do to a lesson can take back what facts have said; what only events do can't.
            kept = {None, IMPORTED} if any(lesson.late for lesson in world.lessons) else {IMPORTED}
            if not is_planned():
                assert completed == IMPORTED
            else:
                assert completed in (kept if facts[3] is None else {facts[3]})
            assert (quiz, missed) == facts[5:]
        assert refresh(as_of=TODAY) == set()
        assert rebuild([learner.pk for learner in built.learners[:1]]) == set()
        assert rebuild(None) == set()
        assert (built.facts(), built.inputs()) == (expected, inputs)
        assert everything_that_follows() == followed
        LearnerFacts.objects.all().delete()
        LessonProgress.objects.all().delete()
        Attendance.objects.filter(by_hand=False).delete()
        ActiveDay.objects.all().delete()
        rebuild(None)
        assert (built.facts(), built.inputs()) == (expected, inputs)
        event(f"completed known: {sum(facts[3] is not None for facts in expected)}")
        event(f"missed: {sorted({facts[6] for facts in expected}, key=str)}")
        transaction.set_rollback(True)
