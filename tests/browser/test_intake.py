"""Operations follow a sample on its way, and settle what was set aside, with a mouse and without JavaScript."""

import pytest
from playwright.sync_api import expect

from activity.folding import fold
from activity.models import Event, PoisonedMessage
from activity.streaming.poison import set_aside

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sample_is_sent_watched_and_taken_back(page, live_server, log_in, make_user, programme):
    log_in(make_user("staff"))
    page.goto(f"{live_server.url}/ui/activity/")
    page.get_by_role("link", name="Send a sample").click()
    page.get_by_label("Learner").fill("arjun@example.org")
    page.get_by_role("button", name="Send the sample").click()
    arrived = page.locator(".sample-steps .has-arrived")
    expect(arrived).to_have_count(1)
    fold()
    expect(arrived).to_have_count(4)
    assert Event.objects.count() == 1

    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#messages")).to_contain_text("voids the sample")
    while fold():
        pass
    assert not Event.objects.exists()


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_message_that_was_set_aside_is_settled(browser, live_server, make_user, with_javascript, context, log_in):
    set_aside(stream_id="1795175000914-0", fields={"raw": "{"}, reason="It can't be read.", tries=1)
    log_in(make_user("ops"))
    page = browser.new_context(java_script_enabled=with_javascript, storage_state=context.storage_state()).new_page()
    page.goto(f"{live_server.url}/ui/activity/")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#messages")).to_contain_text("It failed again")
    page.get_by_role("button", name="Mark as settled").click()
    expect(page.locator("#messages")).to_contain_text("The message is settled")
    assert PoisonedMessage.objects.get().resolved_at is not None
    page.context.close()
