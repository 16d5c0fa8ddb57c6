import pytest

from activity.streaming.promises import may_evict, promise_of, promise_of_database


@pytest.mark.parametrize(
    ("config", "says", "kept"),
    [
        ({}, "does not say", False),
        ({"appendonly": "yes", "appendfsync": "always"}, "no acknowledged statement is lost", True),
        ({"appendonly": "yes", "appendfsync": "everysec"}, "of the last second that", True),
        ({"appendonly": "yes", "appendfsync": "no"}, "30 seconds", False),
        ({"appendonly": "no", "save": ""}, "nothing to disk", False),
        ({"appendonly": "no", "save": "3600 1 300 100 60 10000"}, "up to 60 minutes", False),
        ({"appendonly": "no", "save": "60 1"}, "up to a minute", False),
        ({"appendonly": "no", "save": "5 1"}, "up to a minute", False),
        (
            {"appendonly": "yes", "appendfsync": "always", "maxmemory": "100", "maxmemory-policy": "allkeys-lru"},
            "throw away",
            False,
        ),
    ],
)
def test_the_promise_is_what_redis_is_set_up_for(config, says, kept):
    promise = promise_of(config)
    assert says in promise.sentence
    assert promise.is_kept is kept


@pytest.mark.parametrize(
    ("config", "says", "kept"),
    [
        ({}, "If the power fails, SQLite", True),
        ({"fsync": "on", "synchronous_commit": "on"}, "No crash loses it", True),
        ({"fsync": "off", "synchronous_commit": "on"}, "before that is on disk", False),
        ({"fsync": "on", "synchronous_commit": "off"}, "before that is on disk", False),
    ],
)
def test_the_databases_promise_is_what_it_is_set_up_for(config, says, kept):
    promise = promise_of_database(config)
    assert says in promise.sentence
    assert promise.is_kept is kept


@pytest.mark.parametrize(
    ("maxmemory", "policy", "evicts"),
    [
        ("0", "allkeys-lru", False),
        ("1", "allkeys-random", True),
        ("1", "noeviction", False),
        ("1", "volatile-lru", False),
    ],
)
def test_only_a_limit_and_a_policy_for_all_keys_throw_away_what_waits(maxmemory, policy, evicts):
    assert may_evict({"maxmemory": maxmemory, "maxmemory-policy": policy}) is evicts
