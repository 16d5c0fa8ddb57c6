"""The table of engagement/permissions.py against the site: every URL has its row, and every row is what happens."""

import re
import uuid
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from engagement.permissions import ACCESS, ADMIN_ACTIONS, ANYONE, PEOPLE_ONLY, Role, key_may_open, may_open, roles_for
from learners.api_keys import create_key
from learners.tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db

CALLERS = [None, "nobody", *Role]
DECIDED_PER_MODEL = "admin/"  # the table lets a role into the admin; ADMIN_ACTIONS says to which models
ASKS_FOR_PARAMETERS = {"admin/autocomplete/"}  # 403 without them, whoever asks


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route, as request.resolver_match.route has it."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


ROUTES = sorted(set(routes()))


def address(route: str) -> str:
    """An address that matches the route, about nothing in particular."""
    samples = {"uuid": str(uuid.UUID(int=1)), "int": "1"}
    path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", route)
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda match: samples.get(match[1], "learner_x"), path)
    return "/" + path.removesuffix("\\Z").removesuffix("$")


def client_of(caller: str | None, make_user) -> Client:
    client = Client()
    if caller:
        client.force_login(make_user(None if caller == "nobody" else str(caller)))
    return client


def asks_to_log_in(response) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/accounts/login/")


def what_is_wrong(route: str, response, *, allowed: bool, known: bool) -> str:
    """A sentence, or nothing when the answer is what the table says."""
    status = response.status_code
    if status >= 500:
        return "breaks"
    if roles_for(route) == ANYONE:
        return "is refused, though it is for anyone" if status == 403 else ""
    if allowed:
        is_refused = status in {401, 403} or asks_to_log_in(response)
        per_model = route.startswith(DECIDED_PER_MODEL) and route != DECIDED_PER_MODEL
        return f"is refused ({status})" if is_refused and not per_model else ""
    if route.startswith("api/"):
        return "" if status in {405, 403 if known else 401} else f"is not refused ({status})"
    refused = status == 403 if known else asks_to_log_in(response)
    if route == "" and status == 302:  # the start of those who have theirs elsewhere
        return ""
    return "" if refused else f"is not refused ({status})"


def test_every_url_has_its_row():
    assert [route for route in ROUTES if roles_for(route) is None] == []


def test_every_row_has_its_url():
    rows = [key.rpartition(" ")[2] for key in ACCESS]
    assert [
        row
        for row in rows
        if not any(route == row or (row.endswith("*") and route.startswith(row[:-1])) for route in ROUTES)
    ] == []


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller or "stranger"))
def test_every_get_answers_as_the_table_says(caller, make_user):
    LearnerFactory(uid="learner_x")
    client = client_of(caller, make_user)
    user = User.objects.filter(username=str(caller)).first() or AnonymousUser()
    wrong = {}
    for route in ROUTES:
        if route in ASKS_FOR_PARAMETERS:
            continue
        response = client.get(address(route))
        known = user.is_authenticated
        if problem := what_is_wrong(route, response, allowed=may_open(user, route), known=known):
            wrong[route] = problem
    assert wrong == {}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options"])
def test_no_method_goes_around_the_table(client, method):
    for route in ROUTES:
        if roles_for(route, method.upper()) == ANYONE:
            continue
        response = getattr(client, method)(address(route))
        assert response.status_code in {401, 405} or asks_to_log_in(response), route


def test_a_key_reads_the_api_and_nothing_else(client):
    headers = {"X-API-Key": create_key(name="LMS", can_write=False, by=None)[1]}
    LearnerFactory(uid="learner_x")
    for route in ROUTES:
        if roles_for(route) == ANYONE:
            continue
        response = client.get(address(route), headers=headers)
        if route.startswith("api/debug/"):
            assert response.status_code == 403, route
        elif route.startswith("api/"):
            assert response.status_code in {200, 400, 405}, route
        else:
            assert asks_to_log_in(response), route


def test_a_key_may_open_what_the_table_knows_and_change_things_only_if_it_may_write():
    assert key_may_open("api/learners", "GET", can_write=False)
    assert not key_may_open("api/learners", "POST", can_write=False)
    assert key_may_open("api/learners", "POST", can_write=True)
    assert not key_may_open("admin/", "GET", can_write=True)
    assert not key_may_open("api/not-there", "GET", can_write=True)
    assert not key_may_open("api/debug/query", "GET", can_write=True)


def test_what_is_for_people_alone_has_its_row():
    assert set(ACCESS) >= PEOPLE_ONLY


def test_a_row_for_one_method_goes_before_the_route():
    assert roles_for("api/learners", "GET") == {Role.COORDINATOR, Role.STAFF}
    assert roles_for("api/learners", "POST") == {Role.STAFF}


def test_what_is_not_in_the_table_opens_for_nobody(staff):
    assert roles_for("nowhere/") is None
    assert not may_open(staff, "nowhere/")


def test_an_inactive_account_opens_nothing(staff):
    staff.is_active = False
    assert not may_open(staff, "admin/")
    assert not staff.has_perm("learners.view_learner")


def test_a_superuser_opens_everything():
    root = User.objects.create_superuser("root", "root@example.org", "a-long-password")
    assert all(may_open(root, route) for route in ROUTES if roles_for(route) is not None)


def test_an_unknown_page_is_404_for_a_stranger(client):
    assert client.get("/nowhere/").status_code == 404


def test_a_fragment_sends_a_stranger_to_log_in_and_back_to_the_page(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?level=high"}
    response = client.get("/admin/", headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=%2F%3Flevel%3Dhigh"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/nudges/compose/?learner=a", "/nudges/compose/?learner=a"),
        ("http://testserver/learners/a/notes/", "/"),
        ("https://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_posting_after_the_session_ended_leads_back_to_the_forms_page(client, referer, back):
    response = client.post("/learners/a/notes/", headers={"Referer": referer})
    assert unquote(response["Location"]) == f"/accounts/login/?next={back}"


def test_the_admin_sends_a_stranger_to_our_login(client):
    assert asks_to_log_in(client.get("/admin/login/"))


@pytest.mark.parametrize(
    ("role", "permission", "granted"),
    [
        ("staff", "learners.change_learner", True),
        ("staff", "nudges.change_fallbacktemplate", True),
        ("staff", "auth.change_user", True),
        ("staff", "auth.delete_user", False),
        ("staff", "riskscoring.change_riskscore", False),
        ("staff", "auth.change_group", False),
        ("staff", "auth.add_permission", False),
        ("staff", "sessions.view_session", False),
        ("ops", "riskscoring.view_scoringrun", True),
        ("ops", "riskscoring.change_scoringrun", False),
        ("ops", "jobs.view_jobrun", True),
        ("ops", "jobs.change_jobrun", False),
        ("staff", "jobs.delete_schedule", False),
        ("ops", "activity.view_lesson", True),
        ("ops", "activity.change_lesson", False),
        ("ops", "activity.view_statement", False),
        ("ops", "activity.view_actor", False),
        ("ops", "activity.view_document", False),
        ("ops", "activity.view_learneridentity", False),
        ("ops", "learners.view_learner", False),
        ("coordinator", "learners.view_learner", False),
    ],
)
def test_a_role_does_in_the_admin_what_the_table_says(make_user, role, permission, granted):
    assert make_user(role).has_perm(permission) is granted


def test_every_action_of_the_admin_belongs_to_a_role_and_an_app_of_ours():
    granted = {key for actions in ADMIN_ACTIONS.values() for key in actions}
    apps = {key.partition(".")[0] for key in granted - {"auth.user"}}
    assert apps <= {"jobs", "learners", "activity", "riskscoring", "nudges"}


def test_the_roles_are_groups(db):
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}
