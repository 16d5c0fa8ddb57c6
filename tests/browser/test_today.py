"""A morning at /today: by keys, and from what a learner answers to the call that follows."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from learners.models import Learner
from nudges.links import token_of
from nudges.models import Nudge, Task
from nudges.states import State

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = "tr[data-learner]"


def test_the_day_is_worked_through_by_keys(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(f"{live_server.url}/today")
    expect(page.locator(ROWS).first).to_contain_text("Arjun Das")
    waiting = page.locator(ROWS).count()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("Why this score")
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("main")).to_contain_text("Arjun Das is done for today.")
    expect(page.locator(ROWS)).to_have_count(waiting - 1)
    page.get_by_role("button", name="Put back").click()
    expect(page.locator(ROWS)).to_have_count(waiting)


def test_who_asks_for_help_is_called_and_gone_from_the_day(browser, page, live_server, log_in, programme):
    nudge = Nudge.objects.create(
        learner=Learner.objects.get(name="Riya Sen"), channel="email", type="reminder", language="en",
        source="template", state=State.SENT, subject="Loops", content="Shall we go on?", sent_at=timezone.now(),
    )  # fmt: skip
    phone = browser.new_context(viewport={"width": 390, "height": 844})
    message = phone.new_page()
    message.goto(f"{live_server.url}/n/{token_of(nudge.uuid)}/")
    message.get_by_role("button", name="I need help").click()
    expect(message.get_by_text("Maya Rahman will get in touch with you.")).to_be_visible()
    phone.close()

    log_in(programme)
    page.goto(f"{live_server.url}/today")
    page.get_by_role("link", name="1 learner asked you for help").click()
    page.wait_for_url("**/tasks/**")  # with its scripts
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", name="Riya Sen")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_text("Riya Sen: You reached each other: the task is closed.")).to_be_visible()
    assert Task.objects.get().outcome == "reached"
    page.goto(f"{live_server.url}/today")
    expect(page.get_by_text("asked you for help")).to_have_count(0)
