"""The main job as people do it: with keys, with a mouse, on a phone, and without JavaScript."""

import re

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from nudges import batches
from nudges.models import Nudge, NudgeBatch
from nudges.states import State

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = "tr[data-learner]"


def test_coordinator_finds_who_is_at_risk_and_nudges_them_with_keys_alone(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    expect(page.locator(ROWS).first).to_contain_text("Arjun Das")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("Why this score")
    expect(drawer).to_contain_text("Missed 5 sessions in a row")

    page.keyboard.press("n")
    drawer.get_by_label("Email").check()
    drawer.get_by_role("button", name="Write draft").click()
    expect(drawer).to_contain_text("Template")
    expect(drawer).to_contain_text("No language model is set up")

    text = drawer.get_by_label("Text")
    text.fill("Hi {first_name}, shall we look at your next step together? {link}")
    expect(drawer.locator("#preview")).to_contain_text("Hi Arjun, shall we look at your next step together?")
    page.keyboard.press("Control+Enter")
    expect(drawer).to_contain_text("Sent to Arjun Das")

    [nudge] = Nudge.objects.all()
    assert nudge.state == State.SENT
    assert nudge.edited
    [message] = mail.outbox
    assert message.to == ["arjun@example.org"]
    assert message.body.startswith("Hi Arjun, shall we look at your next step together?")

    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    expect(page.locator(ROWS).first.locator(".col-nudged")).to_contain_text("Email")


def test_filters_live_in_the_address_and_the_back_button_undoes_them(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.get_by_label("Filter by risk").get_by_role("link", name="High").click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page).to_have_url(re.compile("level=high"))
    page.keyboard.press("/")
    page.keyboard.type("sana")
    expect(page).to_have_url(re.compile("q=sana"))
    expect(page.get_by_text("Sana Khan")).to_have_count(0)
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(1)  # the page is loaded anew: going on before that would cut it off
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(3)


def test_a_selection_is_previewed_on_both_sides_and_sent(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.get_by_label("Select everyone on this page").check()
    page.get_by_role("button", name="Nudge selected").click()
    page.get_by_role("button", name="Write draft").click()
    expect(page.locator("#preview")).to_contain_text("3 get it")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("main")).to_contain_text("Nobody has got anything yet.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#preview")).to_contain_text("3 get it")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("main")).to_contain_text("Nobody has got anything yet.")
    NudgeBatch.objects.update(starts_at=timezone.now())
    batches.advance(timezone.now())
    expect(page.locator("main")).to_contain_text("3 nudges are on their way")  # the page looks by itself
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("main")).to_contain_text("Paused: 3 nudges wait")
    page.get_by_role("button", name="Cancel what has not left").click()
    expect(page.locator("main")).to_contain_text("Cancelled: 0 nudges had gone out")
    assert set(Nudge.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_staff_import_a_file_after_a_preview(page, live_server, log_in, make_user, programme):
    log_in(make_user("staff"))
    page.goto(f"{live_server.url}/learners/import/")
    page.set_input_files(
        "input[type=file]",
        {
            "name": "learners.csv",
            "mimeType": "text/csv",
            "buffer": b"id,name,email,program,completed_percent\nx1,Tara Bose,tara@example.org,Python Basics,10\n"
            b"x2,Broken Row,broken@example.org,Python Basics,abc\n",
        },
    )
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator("main")).to_contain_text("completed_percent")
    page.get_by_role("button", name=re.compile("^Import")).click()
    expect(page.locator("main")).to_contain_text("Imported")
    page.goto(f"{live_server.url}/?q=tara")
    expect(page.locator(ROWS)).to_have_count(1)


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_the_main_job_is_done_by_links_and_forms(self, page, live_server, log_in, programme):
        log_in(programme)
        page.goto(live_server.url)
        page.get_by_label("Search by name, email or id").fill("arjun")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(ROWS)).to_have_count(1)
        page.get_by_role("link", name="Arjun Das", exact=True).click()
        expect(page.locator("main")).to_contain_text("Why this score")
        page.get_by_role("link", name=re.compile("Nudge$")).last.click()
        page.get_by_role("button", name="Write draft").click()
        page.get_by_label("Text").fill("Hi {first_name}, your next step: {link}")
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#preview")).to_contain_text("Hi Arjun, your next step:")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("main")).to_contain_text("Delivered to Arjun Das")
