"""From the cause to what came of it: one id."""

import uuid

import pytest

from learners.tests.factories import LearnerFactory
from nudges.models import Nudge
from nudges.tests.factories import FallbackTemplateFactory

pytestmark = pytest.mark.django_db
GIVEN = uuid.UUID("5a0f3c1e-0c3f-4a53-9c58-3b7a4f9d2e11")


def test_a_nudge_has_the_id_of_the_request_that_made_it(coordinator_client):
    learner = LearnerFactory()
    FallbackTemplateFactory(channel="in-app", type="motivation")
    coordinator_client.post(
        f"/api/learners/{learner.uid}/nudge",
        {"channel": "in-app", "type": "motivation"},
        content_type="application/json",
        headers={"X-Request-ID": str(GIVEN)},
    )
    assert Nudge.objects.get().correlation_id == GIVEN
