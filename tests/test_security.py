"""What browsers are told, on every page; and what production adds to it."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from .test_permissions import ROUTES, address

pytestmark = pytest.mark.django_db

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 64,
    "ALLOWED_HOSTS": "engage.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "engagement.settings",
}
ASK = """
import django
from django.conf import settings
django.setup()
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.test import Client
answer = Client().get({path!r}, secure={secure}, headers={{"host": "engage.example.org"}})
print(answer.status_code)
for name, value in answer.items():
    print(f"{{name}}: {{value}}")
for cookie in answer.cookies.values():
    print("Set-Cookie:", cookie.OutputString())
"""


def in_production(path: str, *, secure: bool) -> str:
    """Status and headers, as a process that starts in production answers."""
    environment = {"PATH": os.environ["PATH"], **PRODUCTION}
    command = [sys.executable, "-W", "ignore", "-c", ASK.format(path=path, secure=secure)]
    finished = subprocess.run(  # noqa: S603 (our own text)
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    return finished.stdout


def directives(policy: str) -> dict[str, str]:
    """Content-Security-Policy by directive; they come in no order."""
    return dict(one.strip().split(" ", 1) for one in policy.split(";"))


@pytest.mark.parametrize("path", ["/accounts/login/", "/admin/", "/nowhere/", "/api/docs", "/api/health", "/health"])
def test_no_answer_allows_scripts_or_styles_of_others_or_in_line(staff_client, path):
    policy = directives(staff_client.get(path)["Content-Security-Policy"])
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"


@pytest.mark.parametrize("path", ["/accounts/login/", "/admin/", "/nowhere/"])
def test_a_page_can_not_be_framed_or_sniffed(staff_client, path):
    answer = staff_client.get(path)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_no_page_has_script_or_style_in_line(staff_client):
    for route in ROUTES:
        response = staff_client.get(address(route))
        if response.get("Content-Type", "").startswith("text/html"):
            assert not in_line_pieces(response.content.decode()), route


def in_line_pieces(page: str) -> list[str]:
    """What the policy would stop: scripts and styles in the page itself, and handlers in attributes."""
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    return scripts + re.findall(r"<style[^>]*>|<[^>]+ style=[^>]*>|<[^>]+ on[a-z]+=[^>]*>", page)


def test_the_session_cookie_is_not_for_scripts(client, coordinator):
    client.post("/accounts/login/", {"login": "coordinator", "password": "a-long-password"})
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_form_without_its_token_is_refused_with_an_explanation(coordinator):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "coordinator", "password": "a-long-password"})
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_ready_says_when_the_database_does_not_answer(client, monkeypatch):
    from django.db import OperationalError, connection

    def refuse():
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "problem": "database"}


def test_production_moves_everything_to_tls_but_what_load_balancers_ask():
    assert in_production("/accounts/login/", secure=False).startswith("301\n")
    for path in ("/health", "/api/health"):
        assert in_production(path, secure=False).startswith("200\n")


def test_production_marks_its_cookies_and_demands_tls():
    answer = in_production("/accounts/login/", secure=True)
    assert answer.startswith("200\n")
    assert "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload" in answer
    (cookie,) = [line for line in answer.splitlines() if line.startswith("Set-Cookie: csrftoken")]
    assert "Secure" in cookie
    (policy,) = [line for line in answer.splitlines() if line.startswith("Content-Security-Policy: ")]
    assert directives(policy.removeprefix("Content-Security-Policy: "))["script-src"] == "'self'"
