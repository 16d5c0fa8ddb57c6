"""The page of access keys, and their admin."""

import re

import pytest
from django.urls import reverse

from activity.access_keys import create_access_key, find_access_key, revoke_access_key
from activity.models import AccessKey, Document, Refusal
from activity.store.positions import counter

from .factories import a_statement, store

pytestmark = pytest.mark.django_db

PAGE = "/ui/admin/keys"
CHOSEN = {"name": "Moodle", "can_read": "on", "can_write": "on", "version": "1.0.3", "calls_per_minute": ""}


def make(name="Moodle") -> AccessKey:
    return create_access_key(
        name=name, can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None
    )[0]  # fmt: skip


def text_of(response) -> str:
    return response.content.decode()


class TestPage:
    def test_says_what_to_do_when_there_is_nothing(self, staff_client):
        page = text_of(staff_client.get(PAGE))
        assert "No key yet" in page
        assert "Nothing was refused" in page

    def test_new_key_is_shown_once_with_all_that_a_tool_needs(self, staff_client, staff):
        response = staff_client.post(PAGE, CHOSEN)
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        key = AccessKey.objects.get()
        assert (key.name, key.version, key.created_by) == ("Moodle", "1.0.3", staff)
        secret = re.search(r'id="made-secret">([^<]+)<', text_of(response))[1]
        assert find_access_key(key.username, secret) == key
        assert "http://127.0.0.1:8000/xapi/" in text_of(response)
        assert secret not in text_of(staff_client.get(PAGE))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"can_read": "", "can_write": ""},
            {"version": "3"},
            {"calls_per_minute": "-1"},
            {"calls_per_minute": "0"},
            {"calls_per_minute": "1000001"},
        ],
    )
    def test_wrong_choice_comes_back_with_its_reason_and_makes_nothing(self, staff_client, wrong):
        choice = {name: value for name, value in (CHOSEN | wrong).items() if value or name == "name"}
        response = staff_client.post(PAGE, choice)
        assert response.status_code == 422
        assert 'role="alert"' in text_of(response)
        assert not AccessKey.objects.exists()

    def test_key_is_revoked_by_its_button(self, staff_client):
        key = make()
        response = staff_client.post(f"{PAGE}/{key.pk}/revoke", follow=True)
        assert "Moodle is revoked" in text_of(response)
        key.refresh_from_db()
        assert key.revoked_at is not None
        assert staff_client.get(f"{PAGE}/{key.pk}/revoke").status_code == 405

    def test_unknown_key_is_404(self, staff_client):
        assert staff_client.post(f"{PAGE}/1/revoke").status_code == 404

    def test_key_of_the_environment_is_listed_before_its_first_use(self, staff_client, settings):
        settings.PUBLIC_PEM, settings.SECRET_PEM = "public-key", "secret"
        page = text_of(staff_client.get(PAGE))
        assert "public-key" in page
        assert "From the environment" in page

    def test_refused_calls_are_shown_with_their_reason_and_for_one_key_alone(self, staff_client):
        moodle, other = make("Moodle"), make("Storyline")
        for key, reason in ((moodle, "verb.id: no IRI"), (other, "actor: <missing>")):
            Refusal.objects.create(key=key, method="POST", path="/xapi/statements", status=400, reason=reason)
        page = text_of(staff_client.get(PAGE))
        assert "verb.id: no IRI" in page
        assert "actor: &lt;missing&gt;" in page
        page = text_of(staff_client.get(PAGE, {"key": other.username}))
        assert "Refused calls of Storyline" in page
        assert "verb.id: no IRI" not in page
        assert "verb.id: no IRI" in text_of(staff_client.get(PAGE, {"key": "nobody"}))

    def test_page_costs_as_much_with_many_keys(self, staff_client, django_assert_num_queries):
        for number in range(12):
            key = make(f"Tool {number}")
            Refusal.objects.create(key=key, method="POST", path="/", status=400, reason="wrong")
        with django_assert_num_queries(7):  # session, user, roles, notices; keys, counts, refusals
            staff_client.get(PAGE)

    def test_coordinators_have_no_keys_to_give(self, coordinator_client):
        assert coordinator_client.get(PAGE).status_code == 403


class TestAdmin:
    def test_key_is_made_there_too(self, staff_client, staff):
        response = staff_client.post(reverse("admin:activity_accesskey_add"), CHOSEN, follow=True)
        key = AccessKey.objects.get()
        assert key.created_by == staff
        username, secret = re.search(r"shown again: (\S+) and ([\w-]+)", text_of(response)).groups()
        assert find_access_key(username, secret) == key

    def test_only_name_and_limit_are_changed_later(self, staff_client):
        key = make()
        changed = CHOSEN | {"name": "Renamed", "version": "1.0.3", "can_write": "", "calls_per_minute": "60"}
        staff_client.post(reverse("admin:activity_accesskey_change", args=[key.pk]), changed)
        key.refresh_from_db()
        assert (key.name, key.calls_per_minute, key.version, key.can_write) == ("Renamed", 60, "2.0.0", True)

    def test_key_is_revoked_and_never_deleted(self, staff_client):
        key = make()
        listing = reverse("admin:activity_accesskey_changelist")
        staff_client.post(listing, {"action": "revoke", "_selected_action": [key.pk]})
        key.refresh_from_db()
        assert key.revoked_at is not None
        assert staff_client.get(reverse("admin:activity_accesskey_delete", args=[key.pk])).status_code == 403
        revoke_access_key(key)

    def test_statement_is_found_by_its_id_and_shown_as_it_came(self, staff_client):
        one, other = a_statement(name="বাংলা"), a_statement()
        positions = store(one, other)
        listing = reverse("admin:activity_statement_changelist")
        page = text_of(staff_client.get(listing, {"q": one["id"]}))
        assert one["id"] in page
        assert other["id"] not in page
        assert other["id"] in text_of(staff_client.get(listing))
        assert one["id"] not in text_of(staff_client.get(listing, {"q": "completed"}))
        page = text_of(staff_client.get(reverse("admin:activity_statement_change", args=[positions[0]])))
        assert "বাংলা" in page
        assert 'name="_save"' not in page

    @pytest.mark.parametrize(
        ("content", "shown"), [(b'{"page": 3}', "page"), (b"\xff\xfe", "2 bytes that are no text")]
    )
    def test_document_is_shown_as_text_or_measured(self, staff_client, content, shown):
        document = Document.objects.create(
            kind="state", document_id="bookmark", activity_id="https://example.org/1", agent="mbox:riya@example.org",
            shelf="s", address=str(counter.take(1)[0]), content=content, content_type="application/json", etag="e",
            updated_at="2026-11-20T00:00:00Z",
        )  # fmt: skip
        assert "bookmark" in text_of(staff_client.get(reverse("admin:activity_document_changelist")))
        page = text_of(staff_client.get(reverse("admin:activity_document_change", args=[document.pk])))
        assert shown in page
