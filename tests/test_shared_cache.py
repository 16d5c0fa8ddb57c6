"""What is counted in the cache is counted in the caches that production uses: the database's table, and Redis."""

import os

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from ninja.errors import Throttled

from engagement.api_limits import count_call, limit_of

pytestmark = pytest.mark.django_db

REDIS = os.environ.get("REDIS_TEST_URL", "")
ROUTE = "api/learners/<learner_id>/quiz"


@pytest.fixture(
    params=[
        "database",
        pytest.param(
            "redis",
            marks=[pytest.mark.redis, pytest.mark.skipif(not REDIS, reason="REDIS_TEST_URL names no Redis server")],
        ),
    ]
)
def shared_cache(request, settings):
    if request.param == "redis":
        settings.CACHES = {"default": {"BACKEND": "engagement.steady_cache.SteadyRedisCache", "LOCATION": REDIS}}
    else:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
        call_command("createcachetable", verbosity=0)
    cache.clear()
    yield
    cache.clear()


def test_wrong_passwords_are_counted(shared_cache, coordinator):
    for _ in range(5):
        Client().post("/accounts/login/", {"login": "coordinator", "password": "wrong"})
    refused = Client().post("/accounts/login/", {"login": "coordinator", "password": "a-long-password"})
    assert "Too many failed login attempts" in refused.content.decode()


def test_calls_of_the_api_are_counted_until_the_minute_ends(shared_cache, settings):
    settings.API_RATE_LIMIT = 30
    for _ in range(limit_of(ROUTE)):
        count_call("key:1", ROUTE, now=1000.0)
    with pytest.raises(Throttled) as refused:
        count_call("key:1", ROUTE, now=1000.0)
    assert refused.value.wait == 20
    count_call("key:2", ROUTE, now=1000.0)
    count_call("key:1", ROUTE, now=1020.0)
