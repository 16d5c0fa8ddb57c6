"""Limits are staff's: kept in the admin with their history, and never beyond what learners bear."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from learners.tests.factories import LearnerFactory, ProgramFactory
from nudges.gate import Policy, decide_for
from nudges.gate.policies import FIELDS, Policies
from nudges.models import ContactPolicy

pytestmark = pytest.mark.django_db
ADD = reverse("admin:nudges_contactpolicy_add")


def posted(**changes):
    return {name: getattr(Policy(), name) for name in FIELDS} | {"program": ""} | changes


def test_without_rows_the_products_own_limits_hold(monkeypatch):
    monkeypatch.setattr("nudges.gate.policies.DEFAULT", Policy())
    assert Policies().of(None) == Policies().of(7) == Policy()
    assert (Policy().max_per_day, Policy().max_per_week, Policy().quiet_from, Policy().quiet_until) == (1, 2, 21, 8)


def test_new_row_says_what_held_before():
    """What staff see when they open the form is what the gate did until then."""
    row = ContactPolicy()
    assert Policy(**{name: getattr(row, name) for name in FIELDS}) == Policy()


def test_staff_set_the_limits_of_a_program_without_a_change_of_code(staff_client):
    program = ProgramFactory()
    response = staff_client.post(ADD, posted(program=program.pk, max_per_day=0, quiet_from=0, quiet_until=0))
    assert response.status_code == 302
    learner, other = LearnerFactory(program=program), LearnerFactory(program=None)
    decision = decide_for([learner.pk], channel="in-app", now=ContactPolicy.objects.get().updated_at)[learner.pk]
    assert "The limit is 0." in str(decision.sentence)
    assert decide_for([other.pk], channel="in-app", now=ContactPolicy.objects.get().updated_at)[other.pk].go


def test_every_change_of_limits_is_kept_with_who_made_it(staff_client, staff):
    staff_client.post(ADD, posted())
    policy = ContactPolicy.objects.get()
    staff_client.post(reverse("admin:nudges_contactpolicy_change", args=[policy.pk]), posted(max_per_week=3))
    assert list(policy.history.values_list("max_per_week", "history_user")) == [(3, staff.pk), (2, staff.pk)]


@pytest.mark.parametrize("field", ["max_per_day", "max_per_week", "max_per_goal"])
def test_never_more_than_three(staff_client, field):
    response = staff_client.post(ADD, posted(**{field: 4}))
    assert response.status_code == 200
    assert not ContactPolicy.objects.exists()
    with pytest.raises(ValidationError):
        ContactPolicy(**{field: 4}).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPolicy.objects.create(**{field: 4})


@pytest.mark.parametrize("field", ["goal_days", "template_rest_days"])
def test_gate_looks_back_a_year_at_most(staff_client, field):
    """Further back than the calendar goes it could decide about nobody."""
    page = staff_client.post(ADD, posted(**{field: 800_000}))
    assert "Ensure this value is less than or equal to 366." in page.content.decode()
    assert not ContactPolicy.objects.exists()


def test_hours_that_do_not_exist_are_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPolicy.objects.create(quiet_from=24)


def test_one_row_for_each_program_and_one_for_all_others():
    ContactPolicy.objects.create(program=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPolicy.objects.create(program=None)


def test_coordinators_do_not_set_limits(coordinator_client):
    assert coordinator_client.get(ADD).status_code in (302, 403)


def test_list_says_the_hours_as_people_do(staff_client):
    ContactPolicy.objects.create(quiet_from=21, quiet_until=8)
    page = staff_client.get(reverse("admin:nudges_contactpolicy_changelist")).content.decode()
    assert "21:00–08:00" in page
    assert "All other programs" in page
