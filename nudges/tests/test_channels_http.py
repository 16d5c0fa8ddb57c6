"""A provider over HTTP, against a real server on this machine: what arrives there, and how its answers are read."""

import json
import socket
import time

import pytest

from nudges.channels.base import ApprovedTemplate, ChannelError, Message, transport_for
from nudges.channels.http import HttpTransport

from .http_server import answering, drip, hang_up, reply

MESSAGE = Message(id="7f9c", to="+8801712345678", text="নমস্কার Riya, shall we go on?")


@pytest.fixture
def transport(provider):
    return HttpTransport(provider="sms", url=f"{provider.url}/messages", token="secret", total_seconds=1.0)


def failure(transport, message=MESSAGE) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        transport.send(message)
    return caught.value


def read(error: ChannelError) -> tuple[str, bool, bool]:
    return error.code, error.retrying_helps, error.may_have_arrived


def test_message_is_handed_over_once_with_its_key(provider, transport):
    assert transport.send(MESSAGE).provider_message_id == "theirs-1"
    [(path, headers, body)] = provider.requests
    assert path == "/messages"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "7f9c"
    assert json.loads(body) == {"to": "+8801712345678", "text": "নমস্কার Riya, shall we go on?", "id": "7f9c"}


def test_bridge_that_asks_for_no_token_gets_none(provider, transport):
    transport.token = ""
    assert transport.send(MESSAGE).provider_message_id == "theirs-1"
    [(_path, headers, _body)] = provider.requests
    assert "Authorization" not in headers


def test_approved_template_goes_along(provider, transport):
    transport.send(Message(**{**MESSAGE.__dict__, "template": ApprovedTemplate("next_step", "bn", ("Riya", "Loops"))}))
    [(_path, _headers, body)] = provider.requests
    assert json.loads(body)["template"] == {"name": "next_step", "language": "bn", "variables": ["Riya", "Loops"]}


def test_messages_share_a_connection(provider, transport):
    ports = []
    provider.answer = lambda handler: (ports.append(handler.client_address), reply(handler, 200, b'{"id": 1}'))
    for _ in range(3):
        transport.send(MESSAGE)
    assert len(set(ports)) == 1


def test_connection_that_the_server_closed_is_not_used(provider, transport):
    provider.answer = answering(200, b'{"id": 1}', [("Connection", "close")])
    assert [transport.send(MESSAGE).provider_message_id for _ in range(3)] == ["1", "1", "1"]


def test_accepted_for_later_is_accepted(provider, transport):
    provider.answer = answering(202, b'{"id": 17, "status": "queued"}')
    receipt = transport.send(MESSAGE)
    assert receipt.provider_message_id == "17"
    assert not receipt.is_delivered


@pytest.mark.parametrize(
    ("status", "code", "retrying_helps", "may_have_arrived"),
    [
        (408, "provider_busy", True, False),
        (429, "provider_busy", True, False),
        (500, "provider_busy", True, False),
        (503, "provider_busy", True, False),
        (502, "provider_unclear", True, True),
        (504, "provider_unclear", True, True),
        (401, "provider_setup", True, False),
        (403, "provider_setup", True, False),
        (400, "refused", False, False),
        (422, "refused", False, False),
        (302, "refused", False, False),  # never follow a redirect with a token and a message in hand
    ],
)
def test_status_says_whether_it_was_taken_and_whether_retrying_helps(
    provider, transport, status, code, retrying_helps, may_have_arrived
):
    provider.answer = answering(status, b'{"id": "no"}', [("Location", "http://127.0.0.1:1/")])
    assert read(failure(transport)) == (code, retrying_helps, may_have_arrived)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("999999", 3600),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("Thu, 01 Jan 2015 00:00:00 GMT", 0),
    ],
)
def test_provider_says_how_long_to_leave_it_alone(provider, transport, said, seconds):
    provider.answer = answering(429, b"", [("Retry-After", said)])
    assert failure(transport).retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b"[" * 20_000,
        b'{"id": null}',
        b'{"id": ""}',
        b'{"id": true}',
        b'{"id": {}}',
    ],
)
def test_yes_without_an_id_is_not_tried_again(provider, transport, body):
    provider.answer = answering(200, body)
    assert read(failure(transport)) == ("provider_unclear", False, True)


def test_their_id_can_be_stored(provider, transport):
    provider.answer = answering(200, b'{"id": "a\\u0000b\\ud800' + b"c" * 300 + b'"}')
    assert transport.send(MESSAGE).provider_message_id == "ab" + "c" * 198


def test_endless_reply_is_not_read_to_its_end(provider, transport):
    provider.answer = answering(200, b" " * 3_000_000)
    assert failure(transport).code == "provider_unclear"


def test_provider_that_is_slow_after_it_took_the_message_leaves_open_whether_it_arrives(provider, transport):
    provider.answer = lambda handler: time.sleep(1.5)
    transport.total_seconds = 0.5
    assert read(failure(transport)) == ("provider_timeout", True, True)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("text", [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 60, b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60])
def test_provider_that_drips_is_given_up(provider, transport, text):
    provider.answer = lambda handler: drip(handler, text)
    transport.total_seconds = 0.5
    started = time.monotonic()
    assert read(failure(transport)) == ("provider_timeout", True, True)
    assert time.monotonic() - started < 2  # the drip lasts longer


def test_reset_after_the_message_was_read_leaves_open_whether_it_arrives(provider, transport):
    provider.answer = hang_up
    assert read(failure(transport)) == ("provider_unclear", True, True)
    assert len(provider.requests) == 1


def test_reset_before_the_message_was_read_whole_is_not_taken_for_an_arrival(transport):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)
        transport.url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        transport.total_seconds = 0.3
        text = "x" * 20_000_000  # more than any buffer holds: it can't have been written when the time is over
        assert read(failure(transport, Message(id="1", to="+1", text=text))) == ("provider_unreachable", True, False)


def test_nobody_there_may_be_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = failure(HttpTransport(provider="sms", url=f"http://127.0.0.1:{port}/", token=""))
    assert read(error) == ("provider_unreachable", True, False)


@pytest.mark.parametrize("raised", [socket.gaierror("nobody knows it"), UnicodeError("label too long")])
def test_name_that_nobody_knows_may_be_tried_again(monkeypatch, raised):
    def ask(*args, **kwargs):
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    error = failure(HttpTransport(provider="sms", url="http://sms.example.org/", token=""))
    assert read(error) == ("provider_unreachable", True, False)


def test_look_up_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(0.5))
    error = failure(HttpTransport(provider="sms", url="http://sms.example.org/", token="", total_seconds=0.1))
    assert read(error) == ("provider_unreachable", True, False)


def test_server_that_speaks_no_tls_is_not_reached(provider):
    url = f"https://127.0.0.1:{provider.server_port}/"
    error = failure(HttpTransport(provider="sms", url=url, token="", total_seconds=0.5))
    assert read(error) == ("provider_unreachable", True, False)
    assert provider.requests == []


def test_error_names_no_learner(provider, transport):
    provider.answer = answering(500, b"cannot reach +8801712345678")
    assert "88017" not in str(failure(transport))


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("recognises", [True, False])
def test_channel_takes_its_provider_from_the_settings(settings, provider, channel, recognises):
    setattr(settings, f"{channel.upper()}_PROVIDER_URL", provider.url)
    setattr(settings, f"{channel.upper()}_PROVIDER_TOKEN", "t")
    setattr(settings, f"{channel.upper()}_PROVIDER_RECOGNISES_ID", recognises)
    transport = transport_for(channel)
    assert (transport.provider, transport.recognises_id) == (channel, recognises)
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
