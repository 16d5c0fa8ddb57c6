"""One set-based query and the rules in Python say the same of everybody."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from learners.channels import Channel
from learners.models import ContactPreference, Learner
from learners.sql import Sql, from_json, rows
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory, ProgramFactory
from nudges import gate
from nudges.gate import Code, Purpose
from nudges.gate.expression import Question, answers, asking, code_of, had_templates
from nudges.gate.rules import quiet_until
from nudges.models import AutomationStop, ContactPolicy, Nudge, Reply
from nudges.states import State
from nudges.tasks.handover import TIME_TO_ANSWER, given_up
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from riskscoring.models import RiskScore
from riskscoring.tests.factories import RiskScoreFactory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def said_by_the_database(
    goals: dict[int, str], *, channel: str, purpose: Purpose, now: datetime = NOW
) -> dict[int, str]:
    """The code for each learner (by primary key), who is asked about with their goal."""
    among = Sql(from_json({"learner_id": "bigint", "goal": "text"}), [json.dumps(list(goals.items()))])
    question = Question(channels=[channel], now=NOW, purpose=purpose)
    with asking(among) as asked:
        known, quiet = answers(asked, question), quiet_hours(question)
        had = had_templates(asked, question, [purpose.template_id or 0])
        code = code_of(
            had_template="EXISTS (SELECT 1 FROM had WHERE had.learner_id = known.learner_id)",
            text="NULL",
            is_quiet="(SELECT is_quiet FROM hours h WHERE h.zone = known.zone AND h.quiet = known.quiet) = 1",
        )
        found = rows(
            f"""WITH known AS ({known.text}), had AS ({had.text}), hours AS ({quiet.text})
            SELECT learner_id, channel, {code} FROM known""",
            [*known.params, *had.params, *quiet.params],
        )
    assert {channel for _, channel, _ in found} <= {channel}
    return {learner_id: code for learner_id, _, code in found}


def quiet_hours(question: Question) -> Sql:
    zones = {zone for (zone,) in rows("SELECT DISTINCT timezone FROM learners_learner")}
    policies = {(policy.quiet_from, policy.quiet_until): policy for policy in question.policies.all}
    values = [
        (zone, place, int(quiet_until(zone, policies[hours], NOW) is not None))
        for zone in zones
        for place, hours in enumerate(question.limits.quiet)
    ]
    return Sql(from_json({"zone": "text", "quiet": "integer", "is_quiet": "integer"}), [json.dumps(values)])


def said_by_the_rules(goals: dict[int, str], *, channel: str, purpose: Purpose) -> dict[int, str]:
    return {
        pk: str(gate.decide_for([pk], channel=channel, now=NOW, purpose=replace(purpose, goal=goal))[pk].code)
        for pk, goal in goals.items()
    }


MOMENTS = st.sampled_from(
    [NOW - span for span in (
        timedelta(0), timedelta(hours=3), timedelta(hours=4), timedelta(hours=23, minutes=59), timedelta(hours=24),
        timedelta(days=3), timedelta(days=7), timedelta(days=13), timedelta(days=14), timedelta(days=20),
        timedelta(days=28), timedelta(days=29), timedelta(hours=-5), timedelta(microseconds=1),
    )]
)  # fmt: skip
MAYBE = st.none() | MOMENTS
GOALS = st.sampled_from(["", "lesson:1", "session:2", "reminder"])
PREFERENCES = st.lists(
    st.tuples(st.sampled_from(Channel.values), st.booleans(), MAYBE, MAYBE), unique_by=lambda said: said[0], max_size=4
)
NUDGES = st.lists(
    st.tuples(st.sampled_from(State.values), st.sampled_from(["", "refused", "provider_timeout"]), MAYBE, GOALS,
              st.booleans(), st.booleans()),
    max_size=5,
)  # fmt: skip
STOPS = st.lists(st.tuples(GOALS, MAYBE, MAYBE), unique_by=lambda stop: stop[0], max_size=2)
REPLIES = st.lists(st.tuples(st.sampled_from(Channel.values), MOMENTS), max_size=2)
PERSON = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["active", "active", "active", "active", "finished", "left"]),
        "has_email": st.booleans(),
        "phone": st.sampled_from(["", "+8801712345678"]),
        "program": st.sampled_from([None, 0, 1]),
        "timezone": st.sampled_from(["UTC", "Asia/Dhaka", "America/New_York", "Mars/Olympus"]),
        "last_login": MAYBE,
        "inputs_known": st.none() | st.integers(0, 4),
        "goal": GOALS,
        "preferences": PREFERENCES,
        "nudges": NUDGES,
        "stops": STOPS,
        "replies": REPLIES,
    }
)
PURPOSES = st.builds(
    Purpose,
    is_automatic=st.booleans(),
    is_approved=st.booleans(),
    holdout_percent=st.sampled_from([0, 10, 50, 100]),
    salt=st.integers(0, 2**31 - 1),
    template_id=st.sampled_from([None, 1]),
)
LIMITS = st.fixed_dictionaries(
    {
        "max_per_day": st.integers(0, 3),
        "max_per_week": st.integers(0, 3),
        "min_gap_hours": st.sampled_from([0, 3, 4, 100]),
        "quiet_from": st.integers(0, 23),
        "quiet_until": st.integers(0, 23),
        "max_per_goal": st.integers(1, 3),
        "goal_days": st.sampled_from([14, 28, 29]),
        "template_rest_days": st.sampled_from([0, 7, 14]),
        "unanswered_limit": st.integers(1, 3),
        "min_inputs_known": st.integers(0, 4),
    }
)


def put(person, programs, template) -> Learner:
    learner = LearnerFactory(
        status=person["status"],
        phone=person["phone"],
        timezone=person["timezone"],
        last_login=person["last_login"],
        program=None if person["program"] is None else programs[person["program"]],
        **({} if person["has_email"] else {"email": None}),
    )
    if person["inputs_known"] is not None:
        RiskScoreFactory(learner=learner, inputs_known=person["inputs_known"])
    for channel, allowed, verified_at, bounced_at in person["preferences"]:
        ContactPreferenceFactory(
            learner=learner, channel=channel, allowed=allowed, verified_at=verified_at, bounced_at=bounced_at
        )
    for state, reason, due_at, goal, has_template, edited in person["nudges"]:
        NudgeFactory(
            learner=learner, state=state, reason=reason, due_at=due_at, goal=goal, edited=edited,
            template=template if has_template else None,
        )  # fmt: skip
    for goal, until, lifted_at in person["stops"]:
        AutomationStop.objects.create(
            learner=learner, goal=goal, cause="reply", since=NOW, until=until, lifted_at=lifted_at
        )
    for channel, at in person["replies"]:
        Reply.objects.create(learner=learner, channel=channel, kind="text", at=at)
    return learner


class TestBoth(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
    @given(
        people=st.lists(PERSON, min_size=1, max_size=5),
        purpose=PURPOSES,
        channel=st.sampled_from(Channel.values),
        limits=st.none() | LIMITS,
        limits_of_one_program=st.none() | LIMITS,
    )
    def test_database_and_rules_agree_about_anybody(self, people, purpose, channel, limits, limits_of_one_program):
        programs = [ProgramFactory(name="First"), ProgramFactory(name="Second")]
        template = FallbackTemplateFactory()
        if limits is not None:
            ContactPolicy.objects.create(program=None, **limits)
        if limits_of_one_program is not None:
            ContactPolicy.objects.create(program=programs[0], **limits_of_one_program)
        if purpose.template_id is not None:
            purpose = replace(purpose, template_id=template.pk)
        goals = {put(person, programs, template).pk: person["goal"] for person in people}
        said = said_by_the_database(goals, channel=channel, purpose=purpose)
        assert said == said_by_the_rules(goals, channel=channel, purpose=purpose)
        self.assert_agree_on_who_is_handed_over()

    def assert_agree_on_who_is_handed_over(self):
        """A person gets a task where the gate keeps automation from a goal, once the last message had its time."""
        Nudge.objects.update(origin="reminder")
        handed_over = {(one.learner_id, one.goal) for one in given_up(NOW)}
        waited_for = set(
            Nudge.objects.counted()
            .exclude(state=State.QUEUED)
            .filter(due_at__gt=NOW - TIME_TO_ANSWER)
            .values_list("learner_id", "goal")
        )
        for learner in Learner.objects.filter(status="active"):
            for goal in ("lesson:1", "session:2", "reminder"):
                AutomationStop.objects.all().delete()
                RiskScore.objects.all().delete()
                ContactPreference.objects.filter(channel="in-app").delete()
                purpose = Purpose(is_automatic=True, goal=goal)
                decision = gate.decide_for([learner.pk], channel="in-app", now=NOW, purpose=purpose)[learner.pk]
                is_handed_over = (learner.pk, goal) in handed_over
                if decision.code == Code.HANDED_OVER:
                    assert is_handed_over or (learner.pk, goal) in waited_for
                elif is_handed_over:
                    assert decision.code in {Code.NOT_ENOUGH_DATA, Code.GOAL_LIMIT}  # the former is asked first


LATELY = NOW - timedelta(hours=3)
AUTOMATIC = Purpose(is_automatic=True)


def well_known(**fields):
    return RiskScoreFactory(learner=LearnerFactory(**fields), inputs_known=4).learner


def writable(channel="email", **fields):
    return ContactPreferenceFactory(learner=LearnerFactory(phone="+8801712345678"), channel=channel, **fields).learner


def nudged(*spans, learner=None, **fields):
    learner = learner or well_known()
    for span in spans:
        NudgeFactory(learner=learner, state="sent", due_at=NOW - span, **fields)
    return learner


def stopped():
    learner = well_known()
    AutomationStop.objects.create(learner=learner, cause="reply", since=NOW)
    return learner


def two_a_day():
    ContactPolicy.objects.create(program=None, max_per_day=2, quiet_from=0, quiet_until=0)
    return nudged(timedelta(hours=3))


def at_rest():
    ContactPolicy.objects.create(program=None, quiet_from=11, quiet_until=13)
    return LearnerFactory()


DAYS = timedelta(days=1)
CASES = {
    Code.ALLOWED: (lambda: LearnerFactory(), "in-app", Purpose()),
    Code.FINISHED_COURSE: (lambda: LearnerFactory(status="finished"), "in-app", Purpose()),
    Code.LEFT_COURSE: (lambda: LearnerFactory(status="left"), "in-app", Purpose()),
    Code.NO_CONSENT: (lambda: LearnerFactory(), "email", Purpose()),
    Code.NO_ADDRESS: (lambda: ContactPreferenceFactory(channel="sms").learner, "sms", Purpose()),
    Code.ADDRESS_NOT_VERIFIED: (lambda: writable(verified_at=None), "email", Purpose()),
    Code.BOUNCED: (lambda: writable(bounced_at=NOW), "email", Purpose()),
    Code.OUTSIDE_WINDOW: (lambda: writable("whatsapp"), "whatsapp", Purpose()),
    Code.STOPPED: (stopped, "in-app", AUTOMATIC),
    Code.HANDED_OVER: (lambda: nudged(8 * DAYS, 9 * DAYS, goal="lesson:1"), "in-app", AUTOMATIC),
    Code.NOT_ENOUGH_DATA: (lambda: LearnerFactory(), "in-app", AUTOMATIC),
    Code.GOAL_LIMIT: (lambda: nudged(8 * DAYS, 9 * DAYS, 10 * DAYS, goal="lesson:1"), "in-app", Purpose()),
    Code.CAPPED_DAY: (lambda: nudged(timedelta(hours=3)), "in-app", Purpose()),
    Code.CAPPED_WEEK: (lambda: nudged(2 * DAYS, 3 * DAYS), "in-app", Purpose()),
    Code.TOO_SOON: (two_a_day, "in-app", Purpose()),
    Code.HOLDOUT: (well_known, "in-app", Purpose(is_automatic=True, holdout_percent=100)),
    Code.QUIET_HOURS: (at_rest, "in-app", Purpose()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("code", [code for code in Code if code != Code.TEMPLATE_REPEAT])
def test_both_can_give_each_reason(code):
    make, channel, purpose = CASES[code]
    goals = {make().pk: "lesson:1"}
    assert set(said_by_the_rules(goals, channel=channel, purpose=purpose).values()) == {code}
    assert set(said_by_the_database(goals, channel=channel, purpose=purpose).values()) == {code}


@pytest.mark.django_db
def test_both_know_a_template_that_the_learner_had():
    template = FallbackTemplateFactory()
    goals = {nudged(8 * DAYS, template=template).pk: ""}
    purpose = Purpose(template_id=template.pk)
    assert set(said_by_the_rules(goals, channel="in-app", purpose=purpose).values()) == {"template_repeat"}
    assert set(said_by_the_database(goals, channel="in-app", purpose=purpose).values()) == {"template_repeat"}


@pytest.mark.django_db
def test_every_reason_that_there_is_was_tried():
    assert set(CASES) | {Code.TEMPLATE_REPEAT} == set(Code)


@pytest.mark.django_db
def test_first_channel_that_is_open_is_taken_and_with_none_the_first_ones_reason():
    by_email, by_none = writable("email"), LearnerFactory()
    ContactPreferenceFactory(learner=by_none, channel="in-app", allowed=False)
    question = Question(channels=["sms", "email", "in-app"], now=NOW, purpose=Purpose())
    among = Sql("SELECT id AS learner_id, '' AS goal FROM learners_learner")
    with asking(among) as asked:
        found = rows(f"SELECT learner_id, channel, code FROM ({answers(asked, question).text}) known ORDER BY 1")
    assert found == [(by_email.pk, "email", None), (by_none.pk, "sms", "no_consent")]


@pytest.mark.django_db
def test_many_learners_nudges_are_read_once(monkeypatch):
    monkeypatch.setattr("nudges.gate.expression.FEW", 0)
    goals = {nudged(timedelta(hours=3)).pk: "", LearnerFactory().pk: ""}
    assert sorted(said_by_the_database(goals, channel="in-app", purpose=Purpose()).values()) == [
        "allowed",
        "capped_day",
    ]
    assert Nudge.objects.count() == 1
