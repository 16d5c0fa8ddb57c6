from uuid import UUID

import pytest
from django.utils import timezone

from learners.api_keys import create_key
from learners.tests.factories import LearnerFactory
from nudges.models import Task
from nudges.tasks.services import close_task, raise_task

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def task(coordinator):
    return raise_task(learner=LearnerFactory(uid="riya", owner=coordinator), cause="help", goal="lesson:7", now=NOW)


@pytest.fixture
def key():
    return {"X-API-Key": create_key(name="Telephony", can_write=True, by=None)[1]}


def tell(client, task_id, headers, **body):
    return client.post(f"/api/tasks/{task_id}/outcome", body, content_type="application/json", headers=headers)


def test_tasks_are_listed_with_what_a_caller_needs(client, key, task):
    answer = client.get("/api/tasks", headers=key).json()
    assert answer["count"] == 1
    (one,) = answer["tasks"]
    assert (one["learner_id"], one["cause"], one["goal"], one["owner"]) == ("riya", "help", "lesson:7", "coordinator")


@pytest.mark.parametrize(
    ("query", "count"),
    [("learner_id=riya", 1), ("learner_id=other", 0), ("owner=coordinator", 1), ("owner=x", 0), ("closed=true", 0)],
)
def test_tasks_are_found_by_learner_owner_and_state(client, key, task, query, count):
    assert client.get(f"/api/tasks?{query}", headers=key).json()["count"] == count


def test_pages_follow_each_other(client, key):
    for number in range(3):
        raise_task(learner=LearnerFactory(uid=f"l{number}"), cause="help", now=NOW)
    pages = [client.get(f"/api/tasks?limit=2&offset={n}", headers=key).json()["tasks"] for n in (0, 2)]
    assert [one["learner_id"] for page in pages for one in page] == ["l0", "l1", "l2"]


def test_many_tasks_take_as_many_queries_as_one(client, key, django_assert_max_num_queries):
    for _number in range(20):
        raise_task(learner=LearnerFactory(), cause="help", now=NOW)
    with django_assert_max_num_queries(6):
        client.get("/api/tasks", headers=key)


def test_an_outcome_takes_its_step(client, key, task):
    answer = tell(client, task.uuid, key, outcome="voicemail", note="Mailbox full", tries=0)
    assert answer.status_code == 200
    assert (answer.json()["tries"], answer.json()["outcome"]) == (1, "voicemail")
    assert "next working day" in answer.json()["next_step"]


def test_the_same_try_sent_again_counts_once(client, key, task):
    for _time in range(2):
        answer = tell(client, task.uuid, key, outcome="voicemail", tries=0)
    assert (answer.status_code, answer.json()["tries"], answer.json()["next_step"]) == (200, 1, "")


def test_reached_closes(client, key, task):
    assert tell(client, task.uuid, key, outcome="reached").json()["closed_at"]
    assert client.get("/api/tasks?closed=true", headers=key).json()["count"] == 1


@pytest.mark.parametrize("body", [{}, {"outcome": "sang"}, {"outcome": "promised"}, {"outcome": "reached", "x": 1}])
def test_what_can_not_be_understood_is_a_400_and_changes_nothing(client, key, task, body):
    assert tell(client, task.uuid, key, **body).status_code == 400
    assert Task.objects.get().tries == 0


def test_a_promise_in_the_past_says_which_field(client, key, task):
    answer = tell(client, task.uuid, key, outcome="promised", promised_on="2020-01-01")
    assert "promised_on" in answer.json()["error"]["fields"]


def test_a_closed_task_is_a_409(client, key, task):
    close_task(task=task, by=None, now=NOW)
    answer = tell(client, task.uuid, key, outcome="reached")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "task_closed")


def test_a_task_that_is_not_there_is_a_404(client, key):
    assert tell(client, UUID(int=1), key, outcome="reached").status_code == 404


def test_a_key_that_only_reads_tells_no_outcome(client, task):
    reading = {"X-API-Key": create_key(name="Report", can_write=False, by=None)[1]}
    assert client.get("/api/tasks", headers=reading).status_code == 200
    assert tell(client, task.uuid, reading, outcome="reached").status_code == 403
