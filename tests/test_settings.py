"""A site that is not safe does not start, and says what to do."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {"ENVIRONMENT": "production", "SECRET_KEY": "k" * 64, "ALLOWED_HOSTS": "engage.example.org"}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import engagement.settings as s; print(s.DEBUG, s.ALLOWED_HOSTS)"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_a_key_and_a_host():
    assert start(**SAFE).stdout == "False ['engage.example.org']\n"


def test_development_starts_with_nothing():
    assert start().stdout.startswith("True ")


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"SECRET_KEY": ""}, "token_urlsafe"),
        ({"SECRET_KEY": "only-for-development-never-for-real-learners"}, "token_urlsafe"),
        ({"SECRET_KEY": "short"}, "token_urlsafe"),
        ({"DEBUG": "true"}, "Unset DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "for example engage.example.org"),
        ({"ENVIRONMENT": "staging"}, "development or production"),
    ],
)
def test_what_is_not_safe_does_not_start_and_says_what_to_do(change, hint):
    refused = start(**{**SAFE, **change})
    assert refused.returncode != 0
    assert "ImproperlyConfigured" in refused.stderr
    assert hint in refused.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_what_is_missing_is_not_safe_either(missing):
    assert start(**{name: value for name, value in SAFE.items() if name != missing}).returncode != 0
