"""WhatsApp's Cloud API, against a server on this machine: what is asked of it, and how its answers are read."""

import json
import time

import pytest

from nudges.channels.base import ApprovedTemplate, ChannelError, Message, transport_for
from nudges.channels.whatsapp_cloud import WhatsAppCloudTransport

from .http_server import answering, hang_up

MESSAGE = Message(id="7f9c", to="+8801712345678", text="নমস্কার Riya, shall we go on?", language="bn")
TAKEN = b'{"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}'


@pytest.fixture
def transport(provider):
    provider.answer = answering(200, TAKEN)
    return WhatsAppCloudTransport(
        url=f"{provider.url}/v23.0/", token="secret", phone_number_id="555", total_seconds=1.0
    )


def asked(provider):
    [(path, headers, body)] = provider.requests
    return path, headers, json.loads(body)


def failure(transport) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        transport.send(MESSAGE)
    return caught.value


def refusal(number, status=400):
    return answering(status, json.dumps({"error": {"message": "no", "code": number}}).encode())


def test_within_a_day_the_text_goes_as_it_is(provider, transport):
    assert transport.send(MESSAGE).provider_message_id == "wamid.1"
    path, headers, body = asked(provider)
    assert path == "/v23.0/555/messages"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "8801712345678",
        "biz_opaque_callback_data": "7f9c",
        "type": "text",
        "text": {"preview_url": False, "body": "নমস্কার Riya, shall we go on?"},
    }


def test_to_write_first_the_approved_template_goes_with_its_variables_in_order(provider, transport):
    template = ApprovedTemplate("next_step", "bn", ("Riya", "two\nlines\tand    spaces", ""))
    transport.send(Message(**{**MESSAGE.__dict__, "template": template}))
    _path, _headers, body = asked(provider)
    assert body["type"] == "template"
    assert "text" not in body
    assert body["template"] == {
        "name": "next_step",
        "language": {"code": "bn"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "Riya"},
                    {"type": "text", "text": "two lines and spaces"},
                    {"type": "text", "text": "–"},
                ],
            }
        ],
    }


def test_template_without_variables_has_no_components(provider, transport):
    transport.send(Message(**{**MESSAGE.__dict__, "template": ApprovedTemplate("hello", "en")}))
    assert asked(provider)[2]["template"] == {"name": "hello", "language": {"code": "en"}}


@pytest.mark.parametrize(
    ("number", "status", "code", "retrying_helps"),
    [
        (130429, 429, "provider_busy", True),
        (80007, 400, "provider_busy", True),
        (131056, 400, "provider_busy", True),
        (131000, 500, "provider_busy", True),
        (131026, 400, "bad_address", False),
        (131021, 400, "bad_address", False),
        (131047, 400, "outside_window", False),
        (131050, 400, "unsubscribed", False),
        (132000, 400, "bad_template", False),
        (132001, 404, "bad_template", False),
        (190, 401, "provider_setup", True),
        (10, 403, "provider_setup", True),
        (100, 400, "refused", False),
        (131049, 400, "refused", False),
        (999999, 503, "provider_busy", True),
    ],
)
def test_error_number_says_more_than_the_status(provider, transport, number, status, code, retrying_helps):
    provider.answer = refusal(number, status)
    error = failure(transport)
    assert (error.code, error.retrying_helps, error.may_have_arrived) == (code, retrying_helps, False)


def test_gateways_error_is_not_the_providers_own(provider, transport):
    provider.answer = refusal(131026, 502)
    error = failure(transport)
    assert (error.code, error.may_have_arrived) == ("provider_unclear", True)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"messages": []}', b'{"messages": [7]}', b'{"messages": [{}]}', b"[]"])
def test_yes_without_an_id_may_have_arrived(provider, transport, body):
    provider.answer = answering(200, body)
    error = failure(transport)
    assert (error.code, error.may_have_arrived) == ("provider_unclear", True)


@pytest.mark.parametrize("body", [b"", b"gone", b'{"error": 7}', b'{"error": {"code": "131026"}}'])
def test_error_that_says_nothing_is_read_by_its_status(provider, transport, body):
    provider.answer = answering(400, body)
    assert failure(transport).code == "refused"


@pytest.mark.parametrize("answer", [hang_up, lambda handler: time.sleep(1.5)])
def test_lost_answer_may_have_arrived_and_is_not_asked_for_again(provider, transport, answer):
    provider.answer = answer
    transport.total_seconds = 0.5
    error = failure(transport)
    assert error.may_have_arrived
    assert not transport.recognises_id


def test_settings_choose_the_cloud(settings, provider):
    settings.WHATSAPP_CLOUD_URL, settings.WHATSAPP_CLOUD_TOKEN = provider.url, "t"
    settings.WHATSAPP_CLOUD_PHONE_NUMBER_ID = "1"
    provider.answer = answering(200, TAKEN)
    transport = transport_for("whatsapp")
    assert transport.provider == "whatsapp-cloud"
    assert transport.send(MESSAGE).provider_message_id == "wamid.1"
