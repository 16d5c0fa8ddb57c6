"""Letters by an email service's API, against a server on this machine."""

import json
import socket
import time

import pytest

from engagement.email_services import choose
from nudges.channels import esp
from nudges.channels.base import ChannelError, Message, transport_for
from nudges.channels.letter import compose

from .http_server import answering, drip, hang_up

MESSAGE = Message(
    id="7f9c",
    to="riya@example.org",
    subject="Your next step",
    text="Hi Riya,\nshall we go on?",
    sender_name="Mira Das",
    reply_to="mira@school.org",
    unsubscribe_url="https://engage.example.org/n/abc/stop",
)
TAKEN = b'{"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": "riya@example.org"}'


@pytest.fixture
def use(settings):
    def choose_one(name: str, url: str, **more):
        chosen = choose(
            name,
            **{"key": "secret", "secret": "", "domain": "", "url": url, "webhook_key": "", "webhook_login": "", **more},
        )
        settings.EMAIL_ESP, settings.ANYMAIL = name, chosen.anymail
        settings.EMAIL_ESP_HANDS_BACK = chosen.hands_back
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        return transport_for("email")

    return choose_one


@pytest.fixture
def postmark(use, provider):
    provider.answer = answering(200, TAKEN)
    return use("postmark", f"{provider.url}/")


def failure(transport, message=MESSAGE) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        transport.send(message)
    return caught.value


def read(error):
    return error.code, error.retrying_helps, error.may_have_arrived


def test_letter_goes_whole_with_our_id_and_comes_back_with_theirs(postmark, provider):
    assert postmark.provider == "postmark"
    assert postmark.send(MESSAGE).provider_message_id == "pm-1"
    [(path, headers, body)] = provider.requests
    letter = json.loads(body)
    assert path == "/email"
    assert headers["X-Postmark-Server-Token"] == "secret"
    assert letter["From"] == "Mira Das <engage@localhost>"
    assert letter["ReplyTo"] == "mira@school.org"
    assert "shall we go on?" in letter["TextBody"]
    assert "shall we go on?" in letter["HtmlBody"]
    assert letter["Metadata"] == {"nudge": "7f9c"}
    by_name = {header["Name"]: header["Value"] for header in letter["Headers"]}
    assert by_name["List-Unsubscribe"] == "<https://engage.example.org/n/abc/stop>"
    assert by_name["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("name", "answer", "more"),
    [
        ("mailgun", b'{"id": "<their-1@mg>", "message": "Queued."}', {"domain": "mg.example.org"}),
        ("brevo", b'{"messageId": "<their-1@brevo>"}', {}),
        (
            "mailjet",
            b'{"Messages": [{"Status": "success", "To": [{"Email": "riya@example.org", "MessageID": 17}]}]}',
            {"secret": "s2"},
        ),
        ("sparkpost", b'{"results": {"id": "17", "total_accepted_recipients": 1, "total_rejected_recipients": 0}}', {}),
        ("resend", b'{"id": "their-1"}', {}),
        ("mandrill", b'[{"email": "riya@example.org", "status": "sent", "_id": "17"}]', {}),
        (
            "postal",
            b'{"status": "success", "data": {"messages": {"riya@example.org": {"id": 1}}, "message_id": "1@p"}}',
            {},
        ),
    ],
)
def test_each_service_takes_the_letter(use, provider, name, answer, more):
    provider.answer = answering(200, answer)
    transport = use(name, f"{provider.url}/", **more)
    assert transport.send(MESSAGE).provider_message_id
    assert transport.provider == name
    [(_path, _headers, body)] = provider.requests
    assert b"shall we go on" in body.replace(b"+", b" ")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, ("provider_busy", True, False)),
        (500, ("provider_busy", True, False)),
        (503, ("provider_busy", True, False)),
        (502, ("provider_unclear", True, True)),
        (401, ("provider_setup", True, False)),
        (400, ("refused", False, False)),
    ],
)
def test_status_says_whether_it_was_taken_and_whether_retrying_helps(postmark, provider, status, expected):
    provider.answer = answering(status, b"{}", [("Retry-After", "5")])
    error = failure(postmark)
    assert read(error) == expected
    if expected[1]:
        assert error.retry_after == 5


@pytest.mark.parametrize(
    "answer",
    [
        {"ErrorCode": 406, "Message": "Found inactive addresses: riya@example.org.\n Inactive recipients are ones"},
        {"ErrorCode": 300, "Message": "Invalid 'To' address: 'riya@example.org'."},
    ],
)
def test_address_that_the_service_refuses_is_a_bad_one(postmark, provider, answer):
    provider.answer = answering(422, json.dumps(answer).encode())
    assert read(failure(postmark)) == ("bad_address", False, False)


@pytest.mark.parametrize("body", [b"", b"OK", b"{}", b'{"ErrorCode": 0, "Message": "OK"}', b'"7"'])
def test_yes_that_makes_no_sense_may_have_arrived(postmark, provider, body):
    provider.answer = answering(200, body)
    assert read(failure(postmark)) == ("provider_unclear", False, True)


def test_reset_after_the_letter_was_read_may_have_arrived(postmark, provider):
    provider.answer = hang_up
    assert read(failure(postmark)) == ("provider_unclear", True, True)


@pytest.mark.parametrize("answer", [lambda handler: time.sleep(0.6), drip])
def test_slow_service_is_given_up(postmark, provider, answer):
    provider.answer = answer
    with pytest.raises(ChannelError) as caught:
        esp.send(compose(MESSAGE), total_seconds=0.2)
    assert read(caught.value) == ("provider_timeout", True, True)


def test_service_that_is_away_took_nothing(use):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        transport = use("postmark", f"http://127.0.0.1:{unused.getsockname()[1]}/")
        assert read(failure(transport)) == ("provider_unreachable", True, False)


@pytest.mark.parametrize("to", ["", "riya@example.org\nBcc: x@y.org", "no address"])
def test_address_that_is_none_is_refused_for_good(postmark, provider, to):
    assert read(failure(postmark, Message(**{**MESSAGE.__dict__, "to": to}))) == ("bad_address", False, False)
    assert provider.requests == []


def test_error_names_no_learner(postmark, provider):
    provider.answer = answering(500, b"cannot reach riya@example.org")
    assert "riya" not in str(failure(postmark))
