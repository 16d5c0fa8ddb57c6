"""What every test stands on: a memory cache, memory email, quick passwords, plain static files, and no provider."""

import os

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from engagement.permissions import Role
from nudges.gate import Policy, policies

hypothesis_settings.register_profile("suite", max_examples=60, deadline=None)
hypothesis_settings.load_profile("suite")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's event loop runs in the test's thread


@receiver(post_migrate)
def put_roles_back(sender, **kwargs):
    """Tests that commit empty every table when they end; the migration that made the roles does not run again."""
    if sender.name == "learners":
        for role in Role:
            Group.objects.get_or_create(name=role.value)


@pytest.fixture(autouse=True)
def _plain_settings(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()  # what one test counted is not held against the next
    translation.deactivate()  # a page asked for in Bengali leaves it on
    settings.WHITENOISE_AUTOREFRESH = True  # no staticfiles directory
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OPENAI_API_KEY = ""
    settings.OPENAI_BASE_URL = ""


@pytest.fixture(autouse=True)
def _no_quiet_hours(monkeypatch):
    """Tests run at any hour. Those about quiet hours give a policy that has some."""
    monkeypatch.setattr(policies, "DEFAULT", Policy(quiet_from=0, quiet_until=0))


@pytest.fixture
def make_user(db):
    """make_user("coordinator") is an account with that role; make_user() one with none."""

    def make(role: str | None = None, username: str | None = None) -> User:
        user = User.objects.create_user(
            username or role or "nobody", f"{username or role or 'nobody'}@example.org", "a-long-password"
        )
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def coordinator(make_user) -> User:
    return make_user("coordinator")


@pytest.fixture
def staff(make_user) -> User:
    return make_user("staff")


@pytest.fixture
def ops(make_user) -> User:
    return make_user("ops")


@pytest.fixture
def coordinator_client(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def staff_client(client, staff):
    client.force_login(staff)
    return client


def pytest_collection_modifyitems(config, items):
    """Leave out what is about the other database: `@pytest.mark.database("postgresql")` says which one it is about."""
    vendor = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].removesuffix("3")
    about_the_other = [
        item for item in items if (mark := item.get_closest_marker("database")) and vendor not in mark.args
    ]
    if about_the_other:
        config.hook.pytest_deselected(items=about_the_other)
        items[:] = [item for item in items if item not in about_the_other]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing may be skipped: a skip there is a check that silently stopped checking."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longrepr}"
