"""Real pages in a real browser: on when BROWSER names a Chromium, as .ci/run does."""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from learners.services import create_learner, set_preference
from riskscoring.services import recompute_risk

BROWSER = os.environ.get("BROWSER", "")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    off = pytest.mark.skip(reason="BROWSER names no Chromium")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not BROWSER:
                item.add_marker(off)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": BROWSER, "args": ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]}


@pytest.fixture
def context(context):
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def page(page):
    """A page on which every complaint of the browser (a refused script, an exception) fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints


@pytest.fixture
def log_in(live_server, context):
    """log_in(user) makes the browser that person's."""

    def become(user: User) -> None:
        client = Client()
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return become


@pytest.fixture
def programme(live_server, make_user) -> User:
    """Three learners at different risk, scored, with templates to write from; returns their coordinator."""
    coordinator = make_user("coordinator")
    coordinator.first_name, coordinator.last_name = "Maya", "Rahman"
    coordinator.save()
    call_command("loaddata", "fallback_templates", "prompts", verbosity=0)
    facts = {"Arjun Das": (25, 45, 5), "Riya Sen": (45, 65.5, 3), "Sana Khan": (92, 88.5, 0)}
    for name, (completed, quiz, missed) in facts.items():
        learner = create_learner(
            values={
                "name": name,
                "email": f"{name.split()[0].lower()}@example.org",
                "program": "Python Basics",
                "completed_percent": completed,
                "avg_quiz_score": quiz,
                "consecutive_missed_sessions": missed,
                "owner": coordinator,
            },
            by=None,
            trigger="test",
        )
        set_preference(
            learner=learner, channel="email", allowed=True, source="enrolment form", by=coordinator, verified=True
        )
    recompute_risk(as_of=timezone.now().date(), trigger="test")
    return coordinator
