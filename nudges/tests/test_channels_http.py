"""A provider over HTTP, against a real server on this machine that answers well, slowly, wrongly, or not at all."""

import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nudges.channels.base import ChannelError, Message, transport_for
from nudges.channels.http import HttpTransport

MESSAGE = Message(id="7f9c", to="+8801712345678", text="নমস্কার Riya, shall we go on?")


class Provider(ThreadingHTTPServer):
    """Answers as `answer` says: a function of the handler. Keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        self.requests = []
        self.answer = lambda handler: reply(handler, 200, b'{"id": "theirs-1"}')
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request, client_address):
        pass  # a client that hung up, as the slow answers make it do


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), json.loads(body)))
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


@pytest.fixture
def provider():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def transport(provider):
    url = f"http://127.0.0.1:{provider.server_port}/messages"
    return HttpTransport(provider="sms", url=url, token="secret", total_seconds=0.4)


def failure(transport) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        transport.send(MESSAGE)
    return caught.value


def test_bridge_that_asks_for_no_token_gets_none(provider, transport):
    transport.token = ""
    assert transport.send(MESSAGE).provider_message_id == "theirs-1"
    [(headers, _body)] = provider.requests
    assert "Authorization" not in headers


def test_message_is_handed_over_once_with_its_key(provider, transport):
    assert transport.send(MESSAGE).provider_message_id == "theirs-1"
    [(headers, body)] = provider.requests
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "7f9c"
    assert body == {"to": "+8801712345678", "text": "নমস্কার Riya, shall we go on?", "id": "7f9c"}


def test_accepted_for_later_is_accepted(provider, transport):
    provider.answer = lambda handler: reply(handler, 202, b'{"id": 17, "status": "queued"}')
    receipt = transport.send(MESSAGE)
    assert receipt.provider_message_id == "17"
    assert not receipt.is_delivered


@pytest.mark.parametrize(
    ("status", "code", "retrying_helps"),
    [
        (429, "provider_busy", True),
        (500, "provider_busy", True),
        (503, "provider_busy", True),
        (400, "refused", False),
        (401, "refused", False),
        (422, "refused", False),
        (302, "refused", False),  # never follow a redirect with a token and a message in hand
    ],
)
def test_status_says_whether_retrying_helps(provider, transport, status, code, retrying_helps):
    provider.answer = lambda handler: reply(handler, status, b'{"id": "no"}', [("Location", "http://127.0.0.1:1/")])
    error = failure(transport)
    assert (error.code, error.retrying_helps) == (code, retrying_helps)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"id": null}',
        b'{"id": ""}',
        b'{"id": true}',
        b'{"id": {}}',
    ],
)
def test_yes_without_an_id_is_not_tried_again(provider, transport, body):
    provider.answer = lambda handler: reply(handler, 200, body)
    error = failure(transport)
    assert (error.code, error.retrying_helps) == ("provider_unclear", False)


def test_their_id_can_be_stored(provider, transport):
    provider.answer = lambda handler: reply(handler, 200, b'{"id": "a\\u0000b\\ud800' + b"c" * 300 + b'"}')
    assert transport.send(MESSAGE).provider_message_id == "ab" + "c" * 198


def test_endless_reply_is_not_read_to_its_end(provider, transport):
    provider.answer = lambda handler: reply(handler, 200, b" " * 3_000_000)
    assert failure(transport).code == "provider_unclear"


def test_slow_provider_is_given_up(provider, transport):
    provider.answer = lambda handler: time.sleep(1)
    started = time.monotonic()
    error = failure(transport)
    assert (error.code, error.retrying_helps) == ("provider_timeout", True)
    assert time.monotonic() - started < 0.9


def test_provider_that_drips_is_given_up(provider, transport):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    provider.answer = drip
    started = time.monotonic()
    assert failure(transport).code == "provider_timeout"
    assert time.monotonic() - started < 0.9


def test_broken_connection_may_be_tried_again(provider, transport):
    def hang_up(handler):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    provider.answer = hang_up
    error = failure(transport)
    assert (error.code, error.retrying_helps) == ("provider_unreachable", True)


def test_nobody_there_may_be_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = failure(HttpTransport(provider="sms", url=f"http://127.0.0.1:{port}/", token=""))
    assert (error.code, error.retrying_helps) == ("provider_unreachable", True)


def test_error_names_no_learner(provider, transport):
    provider.answer = lambda handler: reply(handler, 500, b"cannot reach +8801712345678")
    assert "88017" not in str(failure(transport))


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_channel_takes_its_provider_from_the_settings(settings, provider, channel):
    setattr(settings, f"{channel.upper()}_PROVIDER_URL", f"http://127.0.0.1:{provider.server_port}/")
    setattr(settings, f"{channel.upper()}_PROVIDER_TOKEN", "t")
    transport = transport_for(channel)
    assert transport.provider == channel
    assert transport.send(MESSAGE).provider_message_id == "theirs-1"


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_without_a_provider_the_console_shows_the_message(channel, capsys):
    receipt = transport_for(channel).send(MESSAGE)
    assert receipt.provider_message_id == "7f9c"
    assert "shall we go on?" in capsys.readouterr().out


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_in_production_nothing_pretends_to_send(settings, channel):
    settings.IS_PRODUCTION = True
    error = failure(transport_for(channel))
    assert (error.code, error.retrying_helps) == ("no_provider", True)
