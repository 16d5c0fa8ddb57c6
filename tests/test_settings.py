"""A site that is not safe does not start, and says what to do."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {"ENVIRONMENT": "production", "SECRET_KEY": "k" * 64, "ALLOWED_HOSTS": "engage.example.org"}


SHOW = "import engagement.settings as s; print(s.DEBUG, s.ALLOWED_HOSTS)"


def start(code: str = SHOW, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own text)
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_a_key_and_a_host():
    assert start(**SAFE).stdout == "False ['engage.example.org']\n"


def test_production_serves_nothing_before_its_static_files_are_collected():
    serve = "import pathlib, engagement.settings as s; s.STATIC_ROOT = pathlib.Path('none'); import engagement.wsgi"
    refused = start(serve, **SAFE)
    assert refused.returncode
    assert "Run: python manage.py collectstatic" in refused.stderr
    assert start(serve).returncode == 0


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
        ({"ALLOWED_HOSTS": " , "}, "for example engage.example.org"),
        ({"ENVIRONMENT": "staging"}, "development or production"),
        ({"ENVIRONMENT": ""}, "development or production"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL can't be read. Write it like sqlite:"),
        ({"DATABASE_URL": "mysql://user@host/name"}, "DATABASE_URL can't be read. Write it like sqlite:"),
        (
            {"DATABASE_URL": "postgres://user:hunter2@host:port/name"},
            "DATABASE_URL can't be read. Write it like sqlite:",
        ),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL can't be read. Write it like smtp+tls:"),
        ({"EMAIL_URL": "smtp://host:port"}, "EMAIL_URL can't be read. Write it like smtp+tls:"),
        ({"TASK_QUEUE": "celery"}, "TASK_QUEUE is 'celery'. Set it to database"),
        ({"TASK_QUEUE": "redis", "REDIS_URL": ""}, "TASK_QUEUE is redis. Set REDIS_URL"),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL can't be read. Write it like redis:"),
        ({"API_RATE_LIMIT": "many"}, "API_RATE_LIMIT is 'many'. Write a number"),
        ({"IMPORT_UPLOAD_MAX_BYTES": "10MB"}, "IMPORT_UPLOAD_MAX_BYTES is '10MB'. Write a number"),
        ({"DELIVERY_CONCURRENCY": "0"}, "DELIVERY_CONCURRENCY is less than 1"),
        ({"BULK_UNDO_SECONDS": "-1"}, "BULK_UNDO_SECONDS is less than 0"),
        ({"METRICS_TOKEN": "short"}, "20 characters or more"),
        ({"EMAIL_ESP": "pigeon", "EMAIL_ESP_KEY": "k"}, "Set it to one of: brevo, mailersend"),
        ({"EMAIL_ESP": "postmark"}, "EMAIL_ESP is postmark, which needs EMAIL_ESP_KEY"),
        ({"EMAIL_ESP": "mailjet", "EMAIL_ESP_KEY": "k"}, "needs EMAIL_ESP_SECRET"),
        ({"EMAIL_ESP": "postal", "EMAIL_ESP_KEY": "k"}, "needs EMAIL_ESP_URL"),
        ({"EMAIL_ESP": "brevo", "EMAIL_ESP_KEY": "k", "EMAIL_WEBHOOK_KEY": "s"}, "set EMAIL_WEBHOOK_LOGIN"),
        ({"EMAIL_ESP": "brevo", "EMAIL_ESP_KEY": "k", "EMAIL_WEBHOOK_LOGIN": "s"}, "is not like name:password"),
        ({"EMAIL_ESP": "brevo", "EMAIL_ESP_KEY": "schlüssel"}, "EMAIL_ESP_KEY has characters that no key has"),
        ({"SMS_PROVIDER_TOKEN": "নমস্কার"}, "SMS_PROVIDER_TOKEN has characters that no key has"),
        ({"WHATSAPP_PROVIDER_TOKEN": "a b"}, "WHATSAPP_PROVIDER_TOKEN has characters that no key has"),
        ({"SMS_PROVIDER_URL": "sms.example.org"}, "SMS_PROVIDER_URL can't be read. Write it like https:"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}, "TWILIO_FROM belong together"),
        ({"WHATSAPP_CLOUD_TOKEN": "t"}, "_VERIFY_TOKEN belong together"),
        (
            {
                "TWILIO_ACCOUNT_SID": "AC1",
                "TWILIO_AUTH_TOKEN": "t",
                "TWILIO_FROM": "+1",
                "SMS_PROVIDER_URL": "http://b/",
            },
            "Choose who sends SMS",
        ),
        ({"SECURE_SSL_REDIRECT": "ja"}, "SECURE_SSL_REDIRECT is 'ja'. Write true or false"),
        ({"OPENAI_USD_PER_MILLION_INPUT_TOKENS": "0,15"}, "is '0,15'. Write a number"),
    ],
)
def test_what_is_not_safe_does_not_start_and_says_what_to_do(change, hint):
    refused = start(**{**SAFE, **change})
    assert refused.returncode != 0
    assert "ImproperlyConfigured" in refused.stderr
    assert hint in refused.stderr
    assert "hunter2" not in refused.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_what_is_missing_is_not_safe_either(missing):
    assert start(**{name: value for name, value in SAFE.items() if name != missing}).returncode != 0


def test_blank_variables_count_as_left_out():
    names = ["SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"]
    blank = start(**dict.fromkeys([*names, "API_RATE_LIMIT", "OPENAI_USD_PER_MILLION_INPUT_TOKENS"], ""))
    assert blank.stdout == start().stdout != ""


def test_hosts_may_have_spaces_between_them():
    started = start(**{**SAFE, "ALLOWED_HOSTS": "engage.example.org, www.example.org ,"})
    assert started.stdout == "False ['engage.example.org', 'www.example.org']\n"
