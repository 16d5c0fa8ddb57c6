"""What staff look into, and nobody else."""

import json
import uuid
from datetime import UTC, datetime

import pytest

from activity.models import Event, Lesson, Statement, Unfolded
from activity.store.positions import first_position_at
from learners.api_keys import create_key
from learners.tests.factories import LearnerFactory

from .test_api import error_of

pytestmark = pytest.mark.django_db

STORED = datetime(2026, 11, 20, 9, tzinfo=UTC)
RAW = '{"actor" : {"mbox":"mailto:a@example.org"},  "verb":{"id":"http://x.org/did"}, "object":{"id":"http://x.org/o"}}'


@pytest.fixture
def statement():
    return Statement.objects.create(
        position=first_position_at(STORED), statement_id=uuid.UUID(int=7), raw=RAW, version="1.0.3"
    )


def test_last_statement_is_as_it_came_and_says_whether_it_waits(staff_client, statement):
    Unfolded.objects.create(position=statement.position)
    assert staff_client.get("/api/debug/last-statement").json() == {
        "id": str(uuid.UUID(int=7)),
        "stored": "2026-11-20T09:00:00Z",
        "version": "1.0.3",
        "sender": None,
        "is_waiting": True,
        "statement": json.loads(RAW),
    }


def test_raw_json_is_the_very_text(staff_client, statement):
    response = staff_client.get(f"/api/debug/raw-json/{uuid.UUID(int=7)}")
    assert response.content.decode() == RAW
    assert response["Content-Type"] == "application/json"


def test_recent_completions_are_listed_the_latest_first(staff_client):
    learner = LearnerFactory(uid="learner_x")
    lesson = Lesson.objects.create(program=learner.program, activity_id="http://x.org/o", title="Loops")
    for second, meaning in ((1, "completed"), (2, "begun"), (3, "completed")):
        Event.objects.create(
            position=first_position_at(STORED.replace(second=second)), learner=learner, verb="http://x.org/did",
            object_id="http://x.org/o", meaning=meaning, lesson=lesson, mark="87.50", occurred_at=STORED,
        )  # fmt: skip
    found = staff_client.get("/api/debug/recent-completions").json()["completions"]
    assert [one["stored"] for one in found] == ["2026-11-20T09:00:03Z", "2026-11-20T09:00:01Z"]
    assert (found[0]["learner"], found[0]["lesson"], found[0]["mark"]) == ("learner_x", "Loops", 87.5)


@pytest.mark.parametrize("path", ["last-statement", f"raw-json/{uuid.UUID(int=9)}", "query?name=drop"])
def test_what_is_not_there_is_404(staff_client, path):
    assert staff_client.get(f"/api/debug/{path}").status_code == 404


def test_wrong_parameters_are_refused(staff_client):
    assert error_of(staff_client.get("/api/debug/query?name=new-learners&days=x"))["code"] == "query_refused"
    assert staff_client.get("/api/debug/raw-json/not-an-id").status_code == 400
    assert staff_client.get("/api/debug/query").status_code == 400


@pytest.mark.parametrize("path", ["query?name=learner", "last-statement", "recent-completions", "raw-json/1"])
def test_only_staff_get_in_and_no_key_does(client, make_user, path):
    for can_write in (False, True):
        key = create_key(name="LMS", can_write=can_write, by=None)[1]
        response = client.get(f"/api/debug/{path}", headers={"X-API-Key": key})
        assert response.status_code == 403
        assert error_of(response)["code"] == "forbidden"
    assert client.get(f"/api/debug/{path}").status_code == 401
    for role in ("coordinator", "ops"):
        client.force_login(make_user(role))
        assert client.get(f"/api/debug/{path}").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_query_answers_like_the_terminal(staff_client):
    LearnerFactory(uid="learner_x")
    answer = staff_client.get("/api/debug/query?name=learner&learner=learner_x").json()
    assert answer["parameters"] == {"learner": "learner_x"}
    assert answer["rows"][0][answer["columns"].index("learner")] == "learner_x"
