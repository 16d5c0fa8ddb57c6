"""Staff make accounts and give roles, and can't make themselves more than they are."""

import pytest
from django.contrib.auth.models import Group, Permission, User

pytestmark = pytest.mark.django_db

USERS = "/admin/auth/user/"
PASSWORD = "a-long-password-2"


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root", "root@example.org", "a-long-password")


def change(client, user, **values):
    given = {"username": user.username, "is_active": "on", **values}
    return client.post(f"{USERS}{user.pk}/change/", given)


def test_staff_make_an_account_and_give_it_a_role(staff_client):
    role = Group.objects.get(name="coordinator")
    given = {"username": "nila", "email": "nila@example.org", "password1": PASSWORD, "password2": PASSWORD}
    staff_client.post(f"{USERS}add/", {**given, "groups": [role.pk]})
    nila = User.objects.get(username="nila")
    assert nila.email == "nila@example.org"
    assert nila.check_password(PASSWORD)
    assert list(nila.groups.all()) == [role]


def test_staff_can_not_make_a_superuser_even_by_asking(staff_client, coordinator):
    permission = Permission.objects.all()[0]
    change(staff_client, coordinator, is_superuser="on", is_staff="on", user_permissions=[permission.pk])
    coordinator.refresh_from_db()
    assert (coordinator.is_superuser, coordinator.is_staff) == (False, False)
    assert not coordinator.user_permissions.exists()


def test_staff_can_not_give_a_group_that_is_no_role(staff_client, coordinator):
    powerful = Group.objects.create(name="powerful")
    change(staff_client, coordinator, groups=[powerful.pk])
    assert not coordinator.groups.filter(name="powerful").exists()


@pytest.mark.parametrize("page", ["change/", "password/", "history/"])
def test_superusers_are_not_there_for_staff(staff_client, root, page):
    assert staff_client.get(f"{USERS}{root.pk}/{page}", follow=True).status_code in {200, 404}
    assert "root@example.org" not in staff_client.get(f"{USERS}{root.pk}/{page}", follow=True).content.decode()
    assert "root" not in staff_client.get(USERS).content.decode()


def test_staff_can_not_set_a_superusers_password(staff_client, root):
    staff_client.post(f"{USERS}{root.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD})
    root.refresh_from_db()
    assert root.check_password("a-long-password")


def test_staff_can_not_delete_accounts(staff_client, coordinator):
    assert staff_client.post(f"{USERS}{coordinator.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_superuser_changes_everything(client, root, coordinator):
    client.force_login(root)
    assert b"is_superuser" in client.get(f"{USERS}{coordinator.pk}/change/").content


@pytest.mark.parametrize("role", ["coordinator", "ops"])
def test_others_see_no_accounts(client, make_user, role):
    client.force_login(make_user(role))
    assert client.get(USERS).status_code == 403
