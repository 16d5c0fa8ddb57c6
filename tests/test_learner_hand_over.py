"""What a coordinator does on a learner's page besides nudging: hand them over, stop automation, read answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learners.tests.factories import LearnerFactory
from nudges.answering.replies import receive_reply
from nudges.models import AutomationStop, Nudge, Task

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def riya(coordinator):
    return LearnerFactory(uid="riya", name="Riya", owner=coordinator)


def test_a_learner_is_handed_over_with_a_day_and_a_note(coordinator_client, coordinator, staff, riya):
    day = NOW.date() + timedelta(days=4)
    form = {"to": staff.pk, "due_on": day.isoformat(), "note": "Asked for a tutor"}
    response = coordinator_client.post("/learners/riya/hand-over/", form, follow=True)
    task = Task.objects.get()
    assert (task.owner, task.due_on, task.raised_by, task.cause) == (staff, day, coordinator, "by_hand")
    assert task.events.get().note == "Asked for a tutor"
    assert "Riya is handed over." in text_of(response)
    assert "A colleague handed the learner over" in text_of(response)


def test_a_form_without_a_person_comes_back_in_its_place(coordinator_client, riya):
    response = coordinator_client.post("/learners/riya/hand-over/", {"due_on": "2099-01-01"}, headers=HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert not Task.objects.exists()


def test_automation_is_stopped_by_hand_and_goes_on_again(coordinator_client, coordinator, riya):
    page = coordinator_client.post("/learners/riya/automation/", {"automation": "stop"}, follow=True)
    assert "Automatic nudges are stopped:" in text_of(page)
    page = coordinator_client.post("/learners/riya/automation/", {"automation": "go_on"}, follow=True)
    assert "Automatic nudges are stopped:" not in text_of(page)
    assert AutomationStop.objects.get().lifted_by == coordinator


def test_answers_stand_with_the_message_that_they_answer_and_others_above(coordinator_client, riya):
    nudge = Nudge.objects.create(
        learner=riya, channel="sms", type="reminder", language="en", state="sent", source="ai", sent_at=NOW
    )
    receive_reply(learner=riya, kind="text", text="I was ill", channel="sms", nudge=nudge, at=NOW)
    receive_reply(learner=riya, kind="fine", channel="whatsapp", at=NOW)
    page = text_of(coordinator_client.get("/learners/riya/"))
    assert page.index("I’m fine") < page.index('class="timeline"') < page.index("I was ill")
    assert "The learner replied" in page


@pytest.mark.parametrize("path", ["hand-over", "automation"])
def test_an_unknown_learner_is_not_found(coordinator_client, path):
    assert coordinator_client.post(f"/learners/nobody/{path}/").status_code == 404
