from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges import batches
from nudges.models import Nudge, NudgeBatch
from nudges.tests.factories import FallbackTemplateFactory
from nudges.worker import work
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db

BULK = "/api/nudges/bulk"


@pytest.fixture(autouse=True)
def template():
    return FallbackTemplateFactory(body="Hi {first_name}!")


def post(client, address=BULK, **payload):
    given = {"channel": "in-app", "type": "reminder"} if address == BULK else {}
    return client.post(address, given | payload, content_type="application/json")


def start() -> None:
    """The time to take it back is over."""
    NudgeBatch.objects.update(starts_at=timezone.now())
    batches.advance(timezone.now())


def test_named_learners_are_scheduled_sent_and_counted(coordinator_client, coordinator):
    learners = LearnerFactory.create_batch(3)
    ContactPreferenceFactory(learner=learners[0], channel="in-app", allowed=False)
    answer = post(coordinator_client, learner_ids=[learner.uid for learner in learners])
    assert answer.status_code == 201, answer.content
    scheduled = answer.json()
    assert (scheduled["status"], scheduled["states"], scheduled["texts"]) == ("scheduled", {}, 1)
    assert NudgeBatch.objects.get().started_by == coordinator
    start()
    work()
    done = coordinator_client.get(f"{BULK}/{scheduled['batch_id']}").json()
    assert (done["learners"], done["going"]) == (3, 2)
    assert done["states"] == {"delivered": 2, "suppressed": 1}
    assert done["not_sent"] == {"no_consent": 1}


def test_a_filter_means_all_whom_it_matches(coordinator_client):
    RiskScoreFactory(learner__name="Riya Sen")
    RiskScoreFactory(learner__name="Aman Rao")
    post(coordinator_client, filter="q=riya")
    start()
    assert Nudge.objects.get().learner.name == "Riya Sen"


def test_it_can_be_cancelled_until_it_is_over(coordinator_client):
    batch_id = post(coordinator_client, learner_ids=[LearnerFactory().uid]).json()["batch_id"]
    cancelled = post(coordinator_client, f"{BULK}/{batch_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    again = post(coordinator_client, f"{BULK}/{batch_id}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "too_late")


def test_it_can_be_set_for_later(coordinator_client):
    at = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    answer = post(coordinator_client, learner_ids=["x"], send_at=at.isoformat())
    assert NudgeBatch.objects.get().starts_at == at, answer.content


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "learner_ids"),
        ({"learner_ids": ["a"], "filter": ""}, "learner_ids"),
        ({"filter": "level=bogus"}, "filter"),
        ({"filter": "nonsense=1&level=bogus"}, "filter"),
        ({"learner_ids": ["a"], "channel": "pigeon"}, "channel"),
        ({"learner_ids": ["a"], "send_at": "2030-01-01T09:00"}, "send_at"),
        ({"learner_ids": ["a"], "body": "Hi"}, "body"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(coordinator_client, payload, field):
    answer = post(coordinator_client, **payload)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert not NudgeBatch.objects.exists()


def test_without_a_text_nothing_is_scheduled(coordinator_client):
    answer = post(coordinator_client, learner_ids=[LearnerFactory().uid], type="kudos")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_template")
    assert not NudgeBatch.objects.exists()


def test_what_is_not_there_is_not_found(coordinator_client):
    assert coordinator_client.get(f"{BULK}/{uuid4()}").status_code == 404
    assert post(coordinator_client, f"{BULK}/{uuid4()}/cancel").status_code == 404
