"""The server as it is started everywhere: by gunicorn, from this directory, with gunicorn.conf.py."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
START_SECONDS = 60


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Of a server with a single worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = tmp_path_factory.mktemp("server") / "server.sqlite3"
    server = subprocess.Popen(  # noqa: S603  (our own words)
        [
            *(sys.executable, "-m", "gunicorn", "engagement.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--no-control-socket", "--log-level", "error"),
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{database}", "ENVIRONMENT": "development", "DEBUG": "true"},
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with client_of(port) as client:
                ask(client)
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.2)
        else:
            return


def client_of(port):
    return closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10))


def ask(client):
    client.request("GET", "/health")
    answer = client.getresponse()
    answer.read()
    return answer


@pytest.mark.parametrize(
    "begun",
    [b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"POST /xapi/statements HTTP/1.1\r\nContent-Length: 9\r\n\r\n["],
    ids=["headers", "body"],
)
def test_a_sender_that_stops_half_way_holds_nobody_up(port, begun):
    with socket.create_connection(("127.0.0.1", port)) as stalled:
        stalled.sendall(begun)
        time.sleep(0.5)  # until the worker has taken it
        with client_of(port) as client:
            assert ask(client).status == 200


def test_a_sender_may_keep_its_connection(port):
    with client_of(port) as client:
        assert ask(client).status == 200
        first = client.sock
        assert ask(client).status == 200
        assert client.sock is first is not None
