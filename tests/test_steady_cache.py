"""The shared cache while Redis is away, hangs, is full, and is back."""

import pytest
from django.core.cache import cache
from django.test import Client

from activity.streaming.connection import REST_SECONDS
from activity.tests.streaming.servers import BINARY, RedisServer
from engagement import steady_cache

BACKEND = "engagement.steady_cache.SteadyRedisCache"
needs_redis = [pytest.mark.redis, pytest.mark.skipif(not BINARY, reason="there is no redis-server")]


@pytest.fixture
def use(settings):
    """use(address) makes that the address of the shared cache."""

    def change(address: str) -> None:
        settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": address}}
        cache.clear()

    steady_cache._circuits.clear()
    yield change
    cache.clear()


def test_without_redis_a_process_remembers_for_itself(use, caplog):
    use("redis://127.0.0.1:1/0")
    assert cache.add("calls", 1)
    assert not cache.add("calls", 1)
    assert cache.incr("calls") == 2
    cache.set("name", "Riya")
    assert cache.get_many(["name", "calls"]) == {"name": "Riya", "calls": 2}
    cache.delete("name")
    assert cache.get("name", "gone") == "gone"
    with pytest.raises(ValueError):
        cache.incr("never-set")
    warnings = [record for record in caplog.records if "remembers for itself" in record.getMessage()]
    assert len(warnings) == 1


@pytest.mark.django_db
def test_without_redis_people_log_in_and_wrong_passwords_are_counted(use, coordinator):
    use("redis://127.0.0.1:1/0")
    right = {"login": "coordinator", "password": "a-long-password"}
    assert Client().post("/accounts/login/", right).status_code == 302
    for _ in range(5):
        Client().post("/accounts/login/", {**right, "password": "wrong"})
    assert "Too many failed login attempts" in Client().post("/accounts/login/", right).content.decode()


@pytest.mark.django_db
def test_without_redis_the_api_answers(use, staff_client):
    use("redis://127.0.0.1:1/0")
    assert staff_client.get("/api/learners").status_code == 200


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param("kill", marks=needs_redis),
        pytest.param("freeze", marks=needs_redis),
        pytest.param("fill", marks=needs_redis),
    ],
)
def test_when_redis_is_back_it_is_asked_again(use, monkeypatch, trouble):
    with RedisServer() as server:
        use(server.url)
        cache.set("place", "in Redis")
        if trouble == "fill":
            server.client().config_set("maxmemory", 1)
        else:
            getattr(server, trouble)()
        cache.set("place", "in memory")
        assert cache.get("place") == "in memory"
        if trouble == "kill":
            server.start()
        elif trouble == "freeze":
            server.thaw()
        else:
            server.client().config_set("maxmemory", 0)
        for circuit in steady_cache._circuits.values():
            circuit._opens_until -= REST_SECONDS
        # What it was sent while it hung it does when it wakes.
        assert cache.get("place") == {"kill": None, "freeze": "in memory", "fill": "in Redis"}[trouble]
