"""The page of access keys, by hand: what is copied is the secret, and revoking asks first."""

import pytest
from playwright.sync_api import expect

from activity.access_keys import find_access_key
from activity.models import AccessKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_is_made_copied_and_revoked(page, live_server, log_in, make_user, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in(make_user("staff"))
    page.goto(f"{live_server.url}/ui/admin/keys")
    page.get_by_label("Name").fill("Moodle")
    page.get_by_role("button", name="Make the key").click()
    page.locator("[data-copy=made-secret]").click()
    expect(page.locator("[data-copy=made-secret]")).to_have_text("Copied")
    secret = page.evaluate("navigator.clipboard.readText()")
    key = AccessKey.objects.get()
    assert find_access_key(key.username, secret) == key

    expect(page.get_by_role("button", name="Revoke for good")).to_be_hidden()
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke for good").click()
    page.get_by_text("Moodle is revoked").wait_for()
    assert find_access_key(key.username, secret) is None
