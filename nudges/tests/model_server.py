"""A server that breaks the ways in which a model's server breaks below HTTP: slowly, suddenly, without end."""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SO_LINGER, SOL_SOCKET, socket
from struct import pack

Behaviour = Callable[[socket], None]


def completion(content: object, **fields: object) -> dict:
    """A chat completion whose message has this content (made JSON unless it is text already)."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": text, **fields}
    return {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100},
    }


def answering(body: bytes, *, status: str = "200 OK", headers: str = "") -> Behaviour:
    def behave(connection: socket) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        connection.sendall(head.encode() + body)

    return behave


def dripping(beginning: bytes, *, seconds: float = 3.0) -> Behaviour:
    """Sends the beginning, then a byte every few milliseconds: never late for a read, never done."""

    def behave(connection: socket) -> None:
        connection.sendall(beginning)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(b"x")
            time.sleep(0.02)

    return behave


def hanging(connection: socket) -> None:
    time.sleep(1.0)


def resetting(connection: socket) -> None:
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))  # close sends RST, not FIN


DRIPPING_BODY = dripping(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n")
DRIPPING_HEADERS = dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ")


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and the requests that it got. Each connection gets the next behaviour; the last one stays."""
    requests: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            received = b""
            while b"\r\n\r\n" not in received:
                received += self.request.recv(65536)
            head, _, body = received.partition(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
            )
            while len(body) < length:
                body += self.request.recv(65536)
            requests.append(head + b"\r\n\r\n" + body)
            with suppress(OSError):  # the client gave up, as it should
                behaviours[min(len(requests), len(behaviours)) - 1](self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1", requests
        finally:
            server.shutdown()
            server.block_on_close = False
