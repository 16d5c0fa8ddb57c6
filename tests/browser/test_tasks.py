"""A morning of calls, by keys alone; and a learner who answers on a phone without JavaScript."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from learners.models import Learner
from nudges.links import token_of
from nudges.models import Nudge, Reply, Task
from nudges.states import State
from nudges.tasks.services import raise_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(programme) -> list[Task]:
    learners = Learner.objects.order_by("name")
    return [raise_task(learner=learner, cause="help", now=timezone.now()) for learner in learners]


def test_calls_are_written_down_by_keys_and_the_next_opens(page, live_server, log_in, programme, calls):
    log_in(programme)
    page.goto(f"{live_server.url}/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Arjun Das")).to_be_visible()
    page.keyboard.press("v")
    expect(drawer.get_by_role("heading", name="Riya Sen")).to_be_visible()
    expect(drawer.get_by_text("Arjun Das: Left a message.")).to_be_visible()
    page.keyboard.press("r")
    expect(drawer.get_by_role("heading", name="Sana Khan")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-task]")).to_have_count(2)
    outcomes = {task.learner.name: (task.outcome, task.closed_at is not None) for task in Task.objects.all()}
    assert outcomes == {
        "Arjun Das": ("voicemail", False),
        "Riya Sen": ("reached", True),
        "Sana Khan": ("", False),
    }


def test_a_key_does_nothing_while_somebody_types(page, live_server, log_in, programme, calls):
    log_in(programme)
    page.goto(f"{live_server.url}/tasks/{calls[0].uuid}/")
    page.get_by_label("Note").first.click()
    page.keyboard.type("very worried, no answer")
    expect(page.get_by_label("Note").first).to_have_value("very worried, no answer")
    assert not Task.objects.exclude(outcome="").exists()


def test_the_key_of_a_promise_asks_for_its_day_first(page, live_server, log_in, programme, calls):
    log_in(programme)
    page.goto(f"{live_server.url}/tasks/{calls[0].uuid}/")
    page.keyboard.press("p")
    day = page.get_by_label("Promised day")
    expect(day).to_be_focused()
    day.fill("2099-01-05")
    page.get_by_role("button", name="Promised a date").click()
    expect(page.get_by_text("They promised a date.")).to_be_visible()
    assert str(Task.objects.get(pk=calls[0].pk).due_on) == "2099-01-05"


def test_without_javascript_an_outcome_is_a_button(browser, live_server, programme, calls, client):
    client.force_login(programme)
    context = browser.new_context(java_script_enabled=False)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/tasks/{calls[0].uuid}/")
    page.get_by_role("button", name="Voicemail").click()
    expect(page.get_by_role("heading", name="Riya Sen")).to_be_visible()
    context.close()


def test_a_learner_asks_for_help_without_javascript_or_account(browser, live_server, programme):
    nudge = Nudge.objects.create(
        learner=Learner.objects.get(name="Riya Sen"), channel="sms", type="reminder", language="en", source="template",
        state=State.SENT, content="Hi Riya, shall we go on?", sent_at=timezone.now(),
    )  # fmt: skip
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/n/{token_of(nudge.uuid)}/")
    page.get_by_role("button", name="I need help").click()
    expect(page.get_by_text("Maya Rahman will get in touch with you.")).to_be_visible()
    assert Reply.objects.get().kind == "help"
    assert Task.objects.get().owner == programme
    context.close()
