"""The addresses that providers call: signed calls change what they say, all others change nothing."""

import hmac
import json
import time
from base64 import b64encode
from hashlib import sha256

import pytest
from django.test import Client
from django.utils import timezone

from engagement.email_services import choose
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.hooks import reports
from nudges.models import Attempt, ProviderReport, Touch
from nudges.states import State

from .factories import NudgeFactory
from .hook_calls import SITE, call_twilio, call_whatsapp, status, use_twilio, use_whatsapp, whatsapp

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def learner():
    learner = LearnerFactory(email="riya@example.org", phone="+8801712345678")
    for channel in ("email", "whatsapp", "sms"):
        ContactPreferenceFactory(learner=learner, channel=channel, allowed=True, verified_at=timezone.now())
    return learner


def sent(learner, channel, provider, their_id, state=State.SENT):
    nudge = NudgeFactory(learner=learner, channel=channel, state=state, sent_at=timezone.now())
    Attempt.objects.create(nudge=nudge, provider=provider, provider_message_id=their_id)
    return nudge


@pytest.fixture
def on_whatsapp(learner, settings):
    use_whatsapp(settings)
    return sent(learner, "whatsapp", "whatsapp-cloud", "wamid.1")


@pytest.fixture
def by_sms(learner, settings):
    use_twilio(settings)
    return sent(learner, "sms", "twilio", "SM1")


def after(nudge):
    nudge.refresh_from_db()
    return nudge.state, nudge.reason


def preference(nudge):
    return nudge.learner.preferences.get(channel=nudge.channel)


# --- WhatsApp ---


def test_whatsapps_report_moves_the_nudge(client, on_whatsapp):
    assert call_whatsapp(client, whatsapp(statuses=[status("delivered"), status("read")])).status_code == 200
    assert after(on_whatsapp) == (State.DELIVERED, "")
    assert Touch.objects.get().kind == "read"
    assert ProviderReport.objects.filter(kind="delivered").get().at.year == 2025


@pytest.mark.parametrize(
    ("number", "reason", "allowed", "bounced"),
    [
        (131026, "bounced", True, True),
        (131050, "unsubscribed", False, False),
        (131049, "undelivered", True, False),
        (131047, "undelivered", True, False),
    ],
)
def test_whatsapps_failure_says_how_lasting_it_is(client, on_whatsapp, number, reason, allowed, bounced):
    call_whatsapp(client, whatsapp(statuses=[status("failed", errors=[{"code": number, "title": "no"}])]))
    assert after(on_whatsapp) == (State.FAILED, reason)
    assert preference(on_whatsapp).allowed is allowed
    assert (preference(on_whatsapp).bounced_at is not None) is bounced


def test_whatsapp_hands_our_id_back_where_its_answer_was_lost(client, on_whatsapp):
    Attempt.objects.update(provider_message_id="")
    call_whatsapp(client, whatsapp(statuses=[status("delivered", biz_opaque_callback_data=str(on_whatsapp.uuid))]))
    assert after(on_whatsapp) == (State.DELIVERED, "")


def test_call_told_again_or_about_another_number_changes_nothing(client, on_whatsapp):
    told = whatsapp(statuses=[status("read")])
    assert [call_whatsapp(client, told).status_code for _ in range(3)] == [200, 200, 200]
    assert Touch.objects.count() == ProviderReport.objects.count() == 1
    call_whatsapp(client, whatsapp(statuses=[status("failed")], number="666"))
    assert ProviderReport.objects.count() == 1


def test_forged_call_of_whatsapp_changes_nothing(client, on_whatsapp):
    told = whatsapp(statuses=[status("delivered")])
    assert call_whatsapp(client, told, secret="guessed").status_code == 403
    assert client.post("/hooks/whatsapp/", told, content_type="application/json").status_code == 403
    assert after(on_whatsapp) == (State.SENT, "")
    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"entry": 7}',
        json.dumps(whatsapp(statuses=[{}])).encode(),
        json.dumps(whatsapp(statuses=[status("sent") | {"timestamp": "x"}])).encode(),
        json.dumps(whatsapp(statuses=[status("sent") | {"timestamp": 10**30}])).encode(),
        json.dumps(whatsapp(messages=[7])).encode(),
        b"[" * 100_000,
    ],
)
def test_signed_nonsense_of_whatsapp_is_refused(client, on_whatsapp, body):
    assert call_whatsapp(client, None, body=body).status_code == 400
    assert after(on_whatsapp) == (State.SENT, "")


def test_what_is_about_something_else_is_answered_and_passed_over(client, on_whatsapp):
    told = {"entry": [{"changes": [{"field": "account_update", "value": 7}]}]}
    assert call_whatsapp(client, told).status_code == 200


def test_one_report_that_breaks_us_holds_up_no_other_and_is_asked_for_again(client, on_whatsapp, monkeypatch):
    whole = reports.apply_report

    def breaks_at_sent(report):
        if report.kind == "sent":
            raise ZeroDivisionError
        return whole(report)

    told = whatsapp(statuses=[status("sent"), status("delivered")])
    monkeypatch.setattr(reports, "apply_report", breaks_at_sent)
    assert call_whatsapp(client, told).status_code == 500
    assert after(on_whatsapp) == (State.DELIVERED, "")
    monkeypatch.setattr(reports, "apply_report", whole)
    assert call_whatsapp(client, told).status_code == 200
    assert after(on_whatsapp) == (State.DELIVERED, "")
    assert ProviderReport.objects.count() == 2


@pytest.mark.parametrize("part", ["\ud83d", "\0"], ids=["half a character", "NUL"])
def test_what_no_database_keeps_is_left_out(client, on_whatsapp, part):
    failed = status("failed", errors=[{"code": 131049, "title": f"no{part}"}])
    written = {"id": f"w{part}1", "from": "8801712345678", "timestamp": "1760000000", "type": "text"}
    told = whatsapp(statuses=[failed], messages=[written | {"text": {"body": f"good{part} morning"}}])
    assert call_whatsapp(client, told).status_code == 200
    assert after(on_whatsapp) == (State.FAILED, "undelivered")
    assert on_whatsapp.replies.get().text == "good morning"


@pytest.mark.parametrize(
    ("query", "status_code", "body"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": "our-word", "hub.challenge": "1158201444"}, 200, b"1158201444"),
        ({"hub.mode": "subscribe", "hub.verify_token": "theirs", "hub.challenge": "1"}, 403, None),
        ({"hub.mode": "subscribe", "hub.verify_token": "নমস্কার", "hub.challenge": "1"}, 403, None),
        ({}, 400, None),
    ],
)
def test_meta_gets_its_challenge_back_for_our_word_alone(client, settings, query, status_code, body):
    use_whatsapp(settings)
    answer = client.get("/hooks/whatsapp/", query)
    assert answer.status_code == status_code
    assert body is None or answer.content == body
    assert answer["Content-Type"].startswith("text/plain")


# --- Twilio ---


def test_twilios_report_moves_the_nudge(client, by_sms):
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+8801712345678"}
    assert call_twilio(client, "/hooks/twilio/status?nudge=nonsense", form).status_code == 200
    assert after(by_sms) == (State.DELIVERED, "")


def test_twilio_hands_our_id_back_where_its_answer_was_lost(client, by_sms):
    Attempt.objects.update(provider_message_id="")
    path = f"/hooks/twilio/status?nudge={by_sms.uuid}"
    call_twilio(client, path, {"MessageSid": "SM7", "MessageStatus": "sent"})
    call_twilio(client, path, {"MessageSid": "SM7", "MessageStatus": "delivered"})
    assert after(by_sms) == (State.DELIVERED, "")


@pytest.mark.parametrize(
    ("number", "reason", "allowed", "bounced"),
    [
        ("30005", "bounced", True, True),
        ("21610", "unsubscribed", False, False),
        ("30003", "undelivered", True, False),
        ("", "undelivered", True, False),
        ("x", "undelivered", True, False),
    ],
)
def test_twilios_failure_says_how_lasting_it_is(client, by_sms, number, reason, allowed, bounced):
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": number, "To": "+8801712345678"}
    call_twilio(client, "/hooks/twilio/status", form)
    assert after(by_sms) == (State.FAILED, reason)
    assert preference(by_sms).allowed is allowed
    assert (preference(by_sms).bounced_at is not None) is bounced


def test_forged_call_of_twilio_changes_nothing(client, by_sms):
    form = {"MessageSid": "SM1", "MessageStatus": "failed"}
    assert call_twilio(client, "/hooks/twilio/status", form, token="guessed").status_code == 403
    assert call_twilio(client, "/hooks/twilio/status", form, url="https://evil.example/").status_code == 403
    assert client.post("/hooks/twilio/status", form).status_code == 403
    # signed for one nudge, sent for another
    other = f"{SITE}/hooks/twilio/status?nudge=1"
    assert call_twilio(client, "/hooks/twilio/status?nudge=2", form, url=other).status_code == 403
    assert after(by_sms) == (State.SENT, "")
    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize("form", [{}, {"MessageSid": "SM1"}, {"MessageStatus": "sent"}])
@pytest.mark.parametrize("path", ["/hooks/twilio/status", "/hooks/twilio/inbound"])
def test_signed_call_of_twilio_that_says_nothing_is_refused(client, by_sms, form, path):
    assert call_twilio(client, path, form).status_code == 400


# --- email ---


def use_service(settings, name, **more):
    chosen = choose(
        name, **{"key": "secret", "secret": "", "domain": "", "url": "", "webhook_key": "", "webhook_login": "", **more}
    )
    settings.EMAIL_ESP, settings.ANYMAIL, settings.EMAIL_ESP_REPORTS = name, chosen.anymail, chosen.reports


@pytest.fixture
def by_postmark(learner, settings):
    use_service(settings, "postmark", webhook_login="post:mark")
    return sent(learner, "email", "postmark", "pm-1")


def call_postmark(client, told, login="post:mark"):
    headers = {"Authorization": "Basic " + b64encode(login.encode()).decode()}
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post("/hooks/email/postmark/", body, content_type="application/json", headers=headers)


def postmark(kind, **more):
    return {
        "RecordType": kind,
        "MessageID": "pm-1",
        "Recipient": "riya@example.org",
        "DeliveredAt": "2026-11-20T10:00:00Z",
        **more,
    }


def test_services_report_moves_the_nudge(client, by_postmark):
    assert call_postmark(client, postmark("Delivery")).status_code == 200
    assert after(by_postmark) == (State.DELIVERED, "")


def test_hard_bounce_marks_the_address_and_a_soft_one_does_not(client, by_postmark):
    told = {"ID": 1, "Email": "riya@example.org", "BouncedAt": "2026-11-20T10:00:00Z"}
    call_postmark(client, postmark("Bounce", Type="SoftBounce", **told))
    assert after(by_postmark) == (State.FAILED, "undelivered")
    assert preference(by_postmark).bounced_at is None
    call_postmark(
        client, postmark("Bounce", Type="HardBounce", **{**told, "ID": 2, "BouncedAt": "2026-11-20T11:00:00Z"})
    )
    assert after(by_postmark) == (State.FAILED, "bounced")
    assert preference(by_postmark).bounced_at is not None


def test_complaint_withdraws_consent(client, by_postmark):
    told = postmark(
        "SpamComplaint", ID=1, Email="riya@example.org", BouncedAt="2026-11-20T10:00:00Z", Type="SpamComplaint"
    )
    assert call_postmark(client, told).status_code == 200
    assert not preference(by_postmark).allowed
    assert preference(by_postmark).source == "spam complaint (postmark)"


def test_service_hands_our_id_back_where_its_answer_was_lost(client, by_postmark):
    Attempt.objects.update(provider_message_id="")
    call_postmark(client, postmark("Delivery", Metadata={"nudge": str(by_postmark.uuid)}))
    assert after(by_postmark) == (State.DELIVERED, "")


def test_forged_call_of_a_service_changes_nothing(client, by_postmark):
    assert call_postmark(client, postmark("Delivery"), login="post:guessed").status_code == 403
    assert client.post("/hooks/email/postmark/", "{}", content_type="application/json").status_code == 403
    assert after(by_postmark) == (State.SENT, "")
    assert not ProviderReport.objects.exists()


def test_service_without_anything_that_proves_it_is_not_believed(client, learner, settings):
    use_service(settings, "postmark")
    nudge = sent(learner, "email", "postmark", "pm-1")
    assert call_postmark(client, postmark("Delivery")).status_code == 403
    assert after(nudge) == (State.SENT, "")


@pytest.mark.parametrize("told", [b"", b"{", b"\xff", b"[]", b"7", b'"x"', b"null", {"RecordType": "Inbound"}])
def test_nonsense_of_a_service_is_refused(client, by_postmark, told):
    assert call_postmark(client, told).status_code == 400
    assert after(by_postmark) == (State.SENT, "")


def test_mailgun_proves_itself_by_its_signature(client, learner, settings):
    use_service(settings, "mailgun", webhook_key="signing")
    nudge = sent(learner, "email", "mailgun", "<1@mg>")

    def call(key, token):
        stamp = str(int(time.time()))
        signature = hmac.new(key, f"{stamp}{token}".encode(), sha256).hexdigest()
        told = {
            "signature": {"timestamp": stamp, "token": token, "signature": signature},
            "event-data": {
                "event": "delivered",
                "timestamp": 1760000000,
                "recipient": "riya@example.org",
                "message": {"headers": {"message-id": "1@mg"}},
                "user-variables": {"nudge": str(nudge.uuid)},
            },
        }
        return client.post("/hooks/email/mailgun/", told, content_type="application/json").status_code

    assert call(b"guessed", "t1") == 403
    assert after(nudge) == (State.SENT, "")
    assert call(b"signing", "t1") == 200
    assert after(nudge) == (State.DELIVERED, "")
    assert call(b"signing", "t2") == 200  # told again, with a signature of its own
    assert ProviderReport.objects.count() == 1


def test_sendgrid_tells_of_many_at_once(client, learner, settings):
    use_service(settings, "sendgrid", webhook_login="send:grid")
    nudges = [sent(learner, "email", "sendgrid", f"sg-{number}") for number in range(3)]
    told = [
        {"event": "delivered", "email": "riya@example.org", "timestamp": 1760000000, "sg_event_id": f"e{number}",
         "anymail_id": f"sg-{number}"}
        for number in range(3)
    ]  # fmt: skip
    headers = {"Authorization": "Basic " + b64encode(b"send:grid").decode()}
    answer = client.post("/hooks/email/sendgrid/", json.dumps(told), content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert {after(nudge) for nudge in nudges} == {(State.DELIVERED, "")}


# --- all of them ---

ADDRESSES = ["/hooks/whatsapp/", "/hooks/twilio/status", "/hooks/twilio/inbound", "/hooks/email/postmark/"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_provider_that_is_not_set_up_has_no_address(client, path):
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/hooks/email/mailgun/", "/hooks/email/nonsense/", "/hooks/email/amazon_ses/"])
def test_other_services_than_the_one_in_use_have_no_address(client, by_postmark, path):
    assert client.post(path).status_code == 404


def test_service_may_look_whether_the_address_answers(client, by_postmark):
    assert client.head("/hooks/email/postmark/").status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_huge_body_is_refused_unread(client, on_whatsapp, by_sms, by_postmark, path):
    answer = client.post(path, b"x" * 1_000_001, content_type="application/json")
    assert answer.status_code == 413
    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize("path", ADDRESSES)
def test_call_begins_no_session(client, on_whatsapp, by_sms, by_postmark, path):
    answer = client.post(path, b"{}", content_type="application/json")
    assert answer.status_code == 403
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("path", ADDRESSES)
def test_other_methods_are_refused(client, on_whatsapp, by_sms, by_postmark, path):
    assert client.put(path).status_code == 405
    assert client.delete(path).status_code == 405
