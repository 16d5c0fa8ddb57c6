import pytest
from django.urls import reverse

from activity.admin import paging
from activity.folding import fold
from activity.models import Event, LearnerIdentity
from activity.tests.factories import LearnerIdentityFactory, a_statement, an_account, store
from learners.tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db

LMS = "https://lms.example.org"


@pytest.fixture
def events(db):
    LearnerFactory(email="riya@example.org", name="Riya Sen")
    store(*[a_statement(name="Fractions", score=0.5) for _ in range(3)], a_statement(email="nobody@example.org"))
    fold()


@pytest.mark.usefixtures("events")
def test_events_are_listed_found_and_shown_but_not_written(staff_client, django_assert_max_num_queries):
    listing = reverse("admin:activity_event_changelist")
    with django_assert_max_num_queries(12):
        answer = staff_client.get(listing)
    assert answer.content.count(b"Riya Sen") == 3
    assert "Riya Sen" in staff_client.get(listing, {"q": "riya"}).content.decode()
    assert "Riya Sen" not in staff_client.get(listing, {"q": "ananya"}).content.decode()
    event = Event.objects.first()
    page = reverse("admin:activity_event_change", args=[event.pk])
    assert staff_client.get(page).status_code == 200
    assert staff_client.post(page, {"verb": "x"}).status_code == 403
    assert staff_client.get(reverse("admin:activity_event_add")).status_code == 403


@pytest.mark.usefixtures("events")
def test_list_of_events_reaches_as_far_as_anybody_turns_pages(staff_client, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_UP_TO", 2)
    answer = staff_client.get(reverse("admin:activity_event_changelist"))
    assert answer.context["cl"].result_count == 2


@pytest.mark.usefixtures("events")
def test_actors_whom_we_do_not_know_are_listed(staff_client):
    answer = staff_client.get(reverse("admin:activity_actor_changelist"), {"learner__isempty": 1})
    assert "mbox:nobody@example.org" in answer.content.decode()
    assert "mbox:riya@example.org" not in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("account", f" {LMS}|42 ", f"{LMS}|42"),
        ("openid", "https://id.example.org/riya", "https://id.example.org/riya"),
        ("mbox", "mailto:Old@Example.org", "old@example.org"),
    ],
)
def test_identity_is_stored_as_statements_are_compared_with_it(staff_client, kind, value, stored):
    learner = LearnerFactory()
    form = {"learner": learner.pk, "kind": kind, "value": value}
    assert staff_client.post(reverse("admin:activity_learneridentity_add"), form).status_code == 302
    assert LearnerIdentity.objects.get().value == stored


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("account", "42", "vertical bar"),
        ("account", f"{LMS}|", "vertical bar"),
        ("account", "lms|42", "vertical bar"),
        ("openid", "riya", "whole address"),
        ("mbox", "riya", "valid email address"),
    ],
)
def test_identity_that_no_statement_could_have_is_refused(staff_client, kind, value, why):
    form = {"learner": LearnerFactory().pk, "kind": kind, "value": value}
    answer = staff_client.post(reverse("admin:activity_learneridentity_add"), form)
    assert why in answer.content.decode()
    assert not LearnerIdentity.objects.exists()


def test_another_learners_identity_is_refused(staff_client):
    identity = LearnerIdentityFactory()
    form = {"learner": LearnerFactory().pk, "kind": identity.kind, "value": identity.value}
    answer = staff_client.post(reverse("admin:activity_learneridentity_add"), form)
    assert "already exists" in answer.content.decode()


def test_statements_follow_an_identity_that_staff_enter_and_remove(staff_client):
    learner = LearnerFactory()
    store(a_statement(actor=an_account("42")))
    fold()
    form = {"learner": learner.pk, "kind": "account", "value": f"{LMS}|42"}
    staff_client.post(reverse("admin:activity_learneridentity_add"), form)
    fold()
    assert Event.objects.get().learner == learner
    identity = LearnerIdentity.objects.get()
    staff_client.post(reverse("admin:activity_learneridentity_delete", args=[identity.pk]), {"post": "yes"})
    fold()
    assert not Event.objects.exists()


def test_several_identities_are_removed_at_once(staff_client):
    identities = [LearnerIdentityFactory() for _ in range(2)]
    form = {"action": "delete_selected", "_selected_action": [one.pk for one in identities], "post": "yes"}
    staff_client.post(reverse("admin:activity_learneridentity_changelist"), form)
    assert not LearnerIdentity.objects.exists()
