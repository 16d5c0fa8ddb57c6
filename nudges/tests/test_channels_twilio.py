"""Twilio, against a server on this machine: what is asked of it, and how its answers are read."""

import json
import time
from base64 import b64decode
from urllib.parse import parse_qs

import pytest

from nudges.channels.base import ChannelError, Message, transport_for
from nudges.channels.twilio import TwilioTransport

from .http_server import answering, hang_up

MESSAGE = Message(id="7f9c", to="+8801712345678", text="নমস্কার Riya & all, shall we go on?")
TAKEN = b'{"sid": "SM1", "status": "queued"}'


@pytest.fixture
def transport(provider):
    provider.answer = answering(201, TAKEN)
    return TwilioTransport(
        url=provider.url,
        account_sid="AC1",
        auth_token="secret",
        sender="+15005550006",
        callback_url="https://engage.example.org/hooks/twilio/status",
        total_seconds=1.0,
    )


def failure(transport) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        transport.send(MESSAGE)
    return caught.value


def test_message_goes_as_a_form_and_asks_for_reports(provider, transport):
    assert transport.send(MESSAGE).provider_message_id == "SM1"
    [(path, headers, body)] = provider.requests
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"AC1:secret"
    assert parse_qs(body.decode()) == {
        "To": ["+8801712345678"],
        "From": ["+15005550006"],
        "Body": ["নমস্কার Riya & all, shall we go on?"],
        "StatusCallback": ["https://engage.example.org/hooks/twilio/status?nudge=7f9c"],
    }


def test_messaging_service_sends_by_its_own_name(provider, transport):
    transport.sender = "MG7"
    transport.send(MESSAGE)
    form = parse_qs(provider.requests[0][2].decode())
    assert form["MessagingServiceSid"] == ["MG7"]
    assert "From" not in form


@pytest.mark.parametrize(
    ("number", "status", "code", "retrying_helps"),
    [
        (20429, 429, "provider_busy", True),
        (30001, 400, "provider_busy", True),
        (21611, 400, "provider_busy", True),
        (21211, 400, "bad_address", False),
        (21614, 400, "bad_address", False),
        (21610, 400, "unsubscribed", False),
        (20003, 401, "provider_setup", True),
        (21606, 400, "provider_setup", True),
        (21617, 400, "refused", False),
        (21408, 403, "provider_setup", True),
        (0, 503, "provider_busy", True),
    ],
)
def test_error_number_says_more_than_the_status(provider, transport, number, status, code, retrying_helps):
    provider.answer = answering(status, json.dumps({"code": number, "message": "no", "status": status}).encode())
    error = failure(transport)
    assert (error.code, error.retrying_helps, error.may_have_arrived) == (code, retrying_helps, False)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"sid": null}'])
def test_yes_without_an_id_may_have_arrived(provider, transport, body):
    provider.answer = answering(201, body)
    error = failure(transport)
    assert (error.code, error.may_have_arrived) == ("provider_unclear", True)


@pytest.mark.parametrize("answer", [hang_up, lambda handler: time.sleep(1.5)])
def test_lost_answer_may_have_arrived_and_is_not_asked_for_again(provider, transport, answer):
    provider.answer = answer
    transport.total_seconds = 0.5
    assert failure(transport).may_have_arrived
    assert not transport.recognises_id


def test_settings_choose_twilio(settings, provider):
    settings.TWILIO_URL, settings.TWILIO_ACCOUNT_SID = provider.url, "AC1"
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM, settings.SITE_URL = "t", "+1500", "https://engage.example.org"
    provider.answer = answering(201, TAKEN)
    transport = transport_for("sms")
    assert transport.provider == "twilio"
    assert transport.send(MESSAGE).provider_message_id == "SM1"
    form = parse_qs(provider.requests[0][2].decode())
    assert form["StatusCallback"] == ["https://engage.example.org/hooks/twilio/status?nudge=7f9c"]
