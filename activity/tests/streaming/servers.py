"""Redis servers of our own, on a socket each, to fill up, to freeze and to kill."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from redis import Redis
from redis.exceptions import RedisError

BINARY = shutil.which("redis-server")


class RedisServer:
    """A server with these options; `url` leads to it. It keeps its files over kill() and start()."""

    def __init__(self, **options: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="redis-"))
        self.options = {"save": "", "appendonly": "no", **options}
        self.socket = self.directory / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RedisServer":
        assert BINARY
        arguments = [part for name, value in self.options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen(  # noqa: S603 (our own words)
            [BINARY, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.directory), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client = self.client()
        deadline = time.monotonic() + 10
        while True:
            try:
                client.ping()
            except RedisError:
                assert time.monotonic() < deadline, "redis-server did not start"
                time.sleep(0.02)
            else:
                client.close()
                return self

    def client(self) -> Redis:
        return Redis.from_url(self.url, decode_responses=True, protocol=2)

    def kill(self) -> None:
        """As kill -9 does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It takes connections and answers none."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def _end(self, signum: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(signum)
            self.process.wait()
            self.process = None

    def __enter__(self) -> "RedisServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)
