"""The API against its own document: whatever is sent, no answer is a 5xx, and every answer is as documented."""

from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from ninja import Schema
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from activity.models import Lesson
from learners.api_keys import create_key
from learners.channels import Channel
from learners.tests.factories import CohortFactory, LearnerFactory
from nudges.models import NudgeType
from nudges.tests.factories import FallbackTemplateFactory

pytestmark = pytest.mark.django_db
# A schema can't say which text is an email address of nobody else, or a cursor that we made.
NARROWER_THAN_ITS_SCHEMA = positive_data_acceptance

few_examples = hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture(autouse=True)
def _connections_stay_open():
    """The test's transaction goes on from request to request, as it does with Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_no_two_schemas_share_a_name():
    """The document keeps one under each name, and the answers of the other would break it."""
    named = Counter(one.__name__ for one in set(_kinds_of(Schema)))
    assert {name for name, count in named.items() if count > 1} <= {"NinjaResponseSchema"}  # Ninja's own, not shown


def _kinds_of(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _kinds_of(one)


@pytest.fixture
def headers(settings):
    settings.API_RATE_LIMIT = 1_000_000
    return {"Authorization": f"Bearer {create_key(name='Fuzzer', can_write=True, by=None)[1]}"}


@pytest.fixture
def _learner_x(db):
    LearnerFactory(uid="learner_x", completed_percent=5, avg_quiz_score=5)
    for channel in Channel.values:
        for nudge_type in NudgeType.values:
            FallbackTemplateFactory(channel=channel, type=nudge_type)


@schema.parametrize()
@few_examples
def test_every_answer_is_as_documented(case, headers):
    case.call_and_validate(headers=headers, excluded_checks=[NARROWER_THAN_ITS_SCHEMA])


@schema.include(path_regex="learner_id").parametrize()
@few_examples
@pytest.mark.usefixtures("_learner_x")
def test_every_answer_about_a_learner_is_as_documented(case, headers):
    case.path_parameters["learner_id"] = "learner_x"
    case.call_and_validate(headers=headers, excluded_checks=[NARROWER_THAN_ITS_SCHEMA])


@pytest.fixture
def completion(db):
    """A cohort of one learner, and a lesson of theirs."""
    cohort = CohortFactory()
    LearnerFactory(program=cohort.program, cohort=cohort)
    lesson = Lesson.objects.create(program=cohort.program, activity_id="https://lms.example.org/1", title="Loops")
    return {"cohort_id": cohort.pk, "lesson_id": lesson.pk}


@schema.include(path_regex="cohort_id|lesson_id").parametrize()
@few_examples
def test_every_answer_about_completion_is_as_documented(case, headers, completion):
    case.path_parameters = completion
    case.call_and_validate(headers=headers, checks=[status_code_conformance, response_schema_conformance])
