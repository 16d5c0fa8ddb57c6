"""A server with the record store on a port of its own, and clients that send to it as many at once as wanted."""

import base64
import http.client
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import connection

from activity.access_keys import create_access_key

WORKERS = 4
START_SECONDS = 30


@dataclass(frozen=True)
class Answers:
    """Of several clients: how long each waited for each answer, in seconds; how long all took; how many failed."""

    waits: list[float]
    seconds: float
    errors: int

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(frozen=True)
class RecordStore:
    port: int
    headers: dict[str, str]

    def post(self, bodies: Sequence[bytes], *, clients: int) -> Answers:
        """Send these, shared out among so many clients at once."""
        waits: list[float] = []
        errors: list[int] = []

        def send(mine: Sequence[bytes]) -> None:
            http_client = http.client.HTTPConnection("127.0.0.1", self.port)
            for body in mine:
                begun = time.perf_counter()
                status = self._call(http_client, "POST", "/xapi/statements", body)
                waits.append(time.perf_counter() - begun)
                if status != 200:
                    errors.append(status)

        threads = [threading.Thread(target=send, args=(bodies[number::clients],)) for number in range(clients)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Answers(waits, time.perf_counter() - begun, len(errors))

    def get(self, queries: Sequence[dict[str, str]]) -> Answers:
        """Ask these, one after the other."""
        http_client = http.client.HTTPConnection("127.0.0.1", self.port)
        waits, errors = [], 0
        for query in queries:
            begun = time.perf_counter()
            status = self._call(http_client, "GET", f"/xapi/statements?{urlencode(query)}")
            waits.append(time.perf_counter() - begun)
            errors += status != 200
        return Answers(waits, sum(waits), errors)

    def _call(self, http_client: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> int:
        """The status; 0 when there was no answer."""
        try:
            http_client.request(method, path, body, self.headers)
            answer = http_client.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            http_client.close()
            return 0
        return answer.status


@contextmanager
def running_record_store() -> Iterator[RecordStore]:
    """As in production, in front of the database of this process."""
    key, secret = create_access_key(
        name="benchmark", can_read=True, can_write=True, version="1.0.3", calls_per_minute=None, by=None
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "engagement.settings",
        "PYTHONWARNINGS": "ignore",  # of static files that nobody asks for here
    }
    command = [
        *(sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "warning", "--no-control-socket"),
    ]
    connection.close()
    server = subprocess.Popen(command, env=environment)
    try:
        token = base64.b64encode(f"{key.username}:{secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {token}",
            "Content-Type": "application/json",
            "X-Experience-API-Version": "1.0.3",
        }
        _wait_for(port)
        yield RecordStore(port, headers)
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            http_client = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            http_client.request("GET", "/xapi/about")
            http_client.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server of the benchmark did not start")
