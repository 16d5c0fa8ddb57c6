"""A Redis server for these tests alone, and statements to send through it."""

import pytest

from activity.streaming import connection

from .servers import BINARY, RedisServer


def pytest_collection_modifyitems(items):
    if BINARY is None:
        for item in items:
            if item.get_closest_marker("redis"):
                item.add_marker(pytest.mark.skip(reason="there is no redis-server"))


@pytest.fixture(autouse=True)
def _closed_circuits():
    """What one test found out about a server is not held against the next."""
    connection.circuit_of.cache_clear()
    connection._client.cache_clear()


@pytest.fixture(scope="session")
def _server():
    with RedisServer() as server:
        yield server


@pytest.fixture
def server(_server, settings):
    """The server that the settings name, empty."""
    _server.client().flushall()
    settings.REDIS_URL = _server.url
    settings.ETL_MODE = "streaming"
    return _server


@pytest.fixture
def redis(server):
    client = server.client()
    yield client
    client.close()
