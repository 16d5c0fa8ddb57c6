"""Campaigns in a real browser: from what the board shows to a run, and every page of theirs by axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from nudges import batches
from nudges.campaigns.approval import texts_of_campaign
from nudges.campaigns.segment_services import save_segment
from nudges.campaigns.services import approve, create_campaign, run_now, switch_on, write_campaign
from nudges.models import Campaign, NudgeBatch
from nudges.wordings import digest_of

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def paths(programme: User, make_user) -> dict[str, str]:
    now = timezone.now()
    segment = save_segment(name="Gone quiet", query="completed_below=75", by=programme)
    values = {
        "name": "Welcome back", "segment": segment, "type": "reminder", "channels": ["email", "in-app"],
        "starts_at": now, "recurrence": "weekly", "holdout_percent": 50,
    }  # fmt: skip
    made = write_campaign(campaign=create_campaign(values=values, by=programme))
    waiting = write_campaign(campaign=create_campaign(values=values | {"name": "Waiting"}, by=programme))
    digest = digest_of(texts_of_campaign(made))
    made = switch_on(campaign=approve(campaign=made, digest=digest, by=programme, now=now), now=now)
    batch = run_now(campaign=made, by=programme, now=now)
    batches.advance(batch.starts_at)
    batches.pause(NudgeBatch.objects.get())
    return {
        "campaigns": "/campaigns/",
        "new": "/campaigns/new/",
        "campaign": f"/campaigns/{made.uuid}/",
        "waiting": f"/campaigns/{waiting.uuid}/",
        "change": f"/campaigns/{made.uuid}/edit/",
        "texts": f"/campaigns/{made.uuid}/texts/",
        "sides": f"/campaigns/{made.uuid}/sides/",
        "reading": f"/campaigns/{made.uuid}/reading/",
        "segments": "/segments/",
        "segment": f"/segments/{segment.pk}/",
        "new segment": "/segments/new/?level=high",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pages_fit_the_screen_and_pass_axe(page, live_server, log_in, make_user, paths, size, scheme):
    log_in(make_user("staff"))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    trouble = {}
    for name, path in paths.items():
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        violations = Axe().run(page).response["violations"]
        found = [f"{v['id']}: {v['nodes'][0]['target']}" for v in violations] + (["sticks out"] if too_wide > 0 else [])
        if found:
            trouble[name] = found
    assert not trouble


def settle(page: Page) -> None:
    """Wait for the parts that come later: on SQLite in memory all requests of a test share one connection."""
    expect(page.locator("#reading")).to_contain_text("Exactly what")


def test_from_what_the_board_shows_to_a_run_that_is_taken_back(page: Page, live_server, log_in, programme, make_user):
    staff = make_user("staff")
    log_in(staff)
    page.goto(f"{live_server.url}/?level=high")
    page.get_by_role("link", name="Save as segment").click()
    page.get_by_label("Name", exact=True).fill("At the top")
    expect(page.locator("#segment-count")).to_contain_text("1 learner matches")
    page.get_by_label("High").uncheck()
    expect(page.locator("#segment-count")).to_contain_text("3 learners match")
    page.get_by_role("button", name="Save segment").click()
    page.goto(f"{live_server.url}/campaigns/")
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Audience").select_option(label="At the top")
    expect(page.locator("#campaign-audience")).to_contain_text("3 learners match")
    page.get_by_label("Name", exact=True).fill("Welcome back")
    page.get_by_role("button", name="Save, and see what it says").click()
    expect(page.locator("#sides")).to_contain_text("get it")
    settle(page)
    page.get_by_role("button", name="Approve exactly these texts").click()
    settle(page)
    page.get_by_text("Switch on…").click()
    page.get_by_role("button", name="Yes, switch it on").click()
    settle(page)
    page.get_by_text("Run now…").click()
    page.get_by_role("button", name="Yes, run it now").click()
    expect(page.locator("#runs")).to_contain_text("Until then nobody has got anything.")
    settle(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#runs")).to_contain_text("It has not run yet.")
    settle(page)
    assert Campaign.objects.get().approved_by == staff
    assert NudgeBatch.objects.get().status == "draft"
