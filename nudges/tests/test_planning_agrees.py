"""A plan, its preview and the rules asked about one learner after the other say the same of everybody."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from learners.channels import Channel
from learners.tests.factories import ProgramFactory
from nudges import gate
from nudges.gate import Code, Purpose
from nudges.models import ContactPolicy
from nudges.planning import plan_batch, preview
from nudges.tests.factories import FallbackTemplateFactory
from nudges.tests.test_gate_expression import GOALS, LIMITS, NOW, PERSON, put
from nudges.tests.test_planning_services import batch_for

CLOSED = {Code.NO_CONSENT, Code.NO_ADDRESS, Code.ADDRESS_NOT_VERIFIED, Code.BOUNCED, Code.OUTSIDE_WINDOW}


def said_one_by_one(learner, channels: list[str], purpose: Purpose) -> str:
    """What becomes of a planned nudge: on the first channel that is open, and after quiet hours rather than not."""
    said = [
        gate.decide_for([learner.pk], channel=channel, now=NOW, purpose=purpose)[learner.pk].code
        for channel in channels
    ]
    code = next((code for code in said if code not in CLOSED), said[0])
    return str(Code.ALLOWED if code == Code.QUIET_HOURS else code)


class TestAll(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
    @given(
        people=st.lists(PERSON, min_size=1, max_size=6),
        channels=st.lists(st.sampled_from(Channel.values), min_size=1, max_size=3, unique=True),
        goal=GOALS.filter(bool),
        origin=st.sampled_from(["bulk", "campaign"]),
        has_template=st.booleans(),
        holdout_percent=st.sampled_from([0, 50]),
        salt=st.integers(0, 2**31 - 1),
        limits=st.none() | LIMITS,
        limits_of_one_program=st.none() | LIMITS,
    )
    def test_plan_preview_and_rules_agree_about_anybody(
        self, people, channels, goal, origin, has_template, holdout_percent, salt, limits, limits_of_one_program
    ):
        programs = [ProgramFactory(name="First"), ProgramFactory(name="Second")]
        template = FallbackTemplateFactory()
        for program, its_limits in ((None, limits), (programs[0], limits_of_one_program)):
            if its_limits is not None:
                ContactPolicy.objects.create(program=program, **its_limits)
        learners = [put(person, programs, template) for person in people]
        text = {"template": template if has_template else None}
        batch = batch_for(
            learners, wordings=[text | {"channel": channel} for channel in channels], channel=channels[0],
            channels=channels, goal=goal, origin=origin, holdout_percent=holdout_percent, salt=salt,
        )  # fmt: skip
        purpose = replace(
            Purpose(is_automatic=origin == "campaign", goal=goal, holdout_percent=holdout_percent, salt=salt),
            template_id=template.pk if has_template else None,
        )
        said = {learner.pk: said_one_by_one(learner, channels, purpose) for learner in learners}
        seen = preview(batch, now=NOW)
        assert Counter({Code.ALLOWED: seen.going} | seen.not_going) == Counter(said.values())
        assert {learner.pk: side.code for side in seen.sides for learner in side.learners} == said
        assert plan_batch(batch, now=NOW) == Counter(said.values())
        stored = dict(batch.nudges.values_list("learner_id", "reason"))
        assert {pk: reason or Code.ALLOWED for pk, reason in stored.items()} == said
