"""An open board follows the scores by itself, and takes nothing out of anybody's hands."""

import pytest
from playwright.sync_api import expect

from learners.models import Learner
from learners.services import update_learner
from riskscoring.models import ScoreVersion

pytestmark = pytest.mark.django_db(transaction=True)


def change(name, **values):
    update_learner(learner=Learner.objects.get(name=name), values=values, by=None, trigger="test")


def row_of(page, name):
    return page.locator("tr[data-learner]", has_text=name)


def test_a_changed_score_shows_without_a_reload_and_is_said(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.evaluate("window.isTheSamePage = true")
    expect(page.locator("tr[data-learner]").last).to_contain_text("Sana Khan")
    change("Sana Khan", completed_percent=0, avg_quiz_score=0, consecutive_missed_sessions=7)
    expect(page.locator("tr[data-learner]").first).to_contain_text("Sana Khan", timeout=3000)
    expect(row_of(page, "Sana Khan")).to_contain_class("is-changed")
    expect(page.locator("[data-live-news]")).to_have_text("1 learner changed")
    expect(page.locator(".tile-high .tile-number")).to_have_text("2")
    assert page.evaluate("window.isTheSamePage")


def test_selection_and_focus_stay(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.get_by_label("Select Riya Sen").check()
    row_of(page, "Sana Khan").locator("a.open").focus()
    change("Riya Sen", completed_percent=100)
    expect(row_of(page, "Riya Sen")).to_contain_text("100%", timeout=3000)
    expect(page.get_by_label("Select Riya Sen")).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    change("Sana Khan", completed_percent=80)
    expect(row_of(page, "Sana Khan")).to_contain_text("80%", timeout=3000)
    expect(row_of(page, "Sana Khan").locator("a.open")).to_be_focused()


def test_nobody_who_is_selected_leaves_the_list(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(f"{live_server.url}/?level=high")
    page.get_by_label("Select Arjun Das").check()
    change("Arjun Das", completed_percent=100, avg_quiz_score=100, consecutive_missed_sessions=0)
    change("Riya Sen", completed_percent=0)
    expect(page.locator(".tile-high .tile-number")).to_have_text("1", timeout=3000)
    expect(page.get_by_label("Select Arjun Das")).to_be_checked()
    page.get_by_label("Select Arjun Das").uncheck()
    change("Sana Khan", completed_percent=0)
    expect(row_of(page, "Riya Sen")).to_be_visible(timeout=3000)
    expect(row_of(page, "Arjun Das")).to_have_count(0)


def test_a_changed_row_opens_like_before(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    change("Arjun Das", completed_percent=20)
    expect(row_of(page, "Arjun Das")).to_contain_text("20%", timeout=3000)
    row_of(page, "Arjun Das").locator("a.open").click()
    expect(page.locator("#drawer")).to_contain_text("Why this score")


def test_board_that_gets_no_answer_says_so_and_goes_on_later(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.route("**/board/version", lambda route: route.fulfill(headers={"HX-Redirect": "/accounts/login/"}))
    expect(page.locator("[data-live]")).to_contain_text("No connection", timeout=5000)
    page.unroute("**/board/version")
    expect(page.locator("[data-live]")).to_be_empty(timeout=8000)
    assert ScoreVersion.objects.exists()


def test_board_of_somebody_who_is_logged_out_asks_to_log_in_unless_something_would_be_lost(
    page, live_server, log_in, programme, context
):
    log_in(programme)
    page.goto(f"{live_server.url}/?level=high")
    page.get_by_label("Select Arjun Das").check()
    context.clear_cookies()
    change("Arjun Das", completed_percent=20)
    expect(page.locator("[data-live]")).to_contain_text("No connection", timeout=5000)
    page.get_by_label("Select Arjun Das").uncheck()
    page.wait_for_url("**/accounts/login/?next=/%3Flevel%3Dhigh", timeout=10000)
