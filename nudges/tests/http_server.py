"""A provider over HTTP on this machine, that answers well, slowly, wrongly, or not at all."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Provider(ThreadingHTTPServer):
    """Answers as `answer` says: a function of the handler. Keeps what it was asked: path, headers and body."""

    daemon_threads = True

    def __init__(self):
        self.requests = []
        self.answer = lambda handler: reply(handler, 200, b'{"id": "theirs-1"}')
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # a client that hung up, as the slow answers make it do


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # it keeps connections, as providers do

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def log_message(self, *args):
        pass


def reply(handler, status, body=b"", headers=()):
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def answering(status, body=b"", headers=()):
    return lambda handler: reply(handler, status, body, headers)


def hang_up(handler):
    """A reset, as by a machine that lost its power, after the whole request was read."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def drip(handler, text=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100):
    """A byte now and then, and never an end: no wait for a byte is ever long."""
    handler.close_connection = True
    for byte in text:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.06)


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
