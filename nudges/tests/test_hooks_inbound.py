"""What learners write back: whose it is, what it asks for, and once each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.models import Attempt, AutomationStop, ProviderReport, Reply, Task
from nudges.states import State

from .factories import NudgeFactory
from .hook_calls import call_twilio, call_whatsapp, use_twilio, use_whatsapp, whatsapp

pytestmark = pytest.mark.django_db
PHONE = "+8801712345678"


@pytest.fixture(autouse=True)
def _providers(settings):
    use_whatsapp(settings)
    use_twilio(settings)


@pytest.fixture
def learner():
    learner = LearnerFactory(phone=PHONE)
    for channel in ("whatsapp", "sms"):
        ContactPreferenceFactory(learner=learner, channel=channel, allowed=True, verified_at=timezone.now())
    return learner


def sent(learner, channel, *, days_ago=1, their_id="", provider="whatsapp-cloud"):
    nudge = NudgeFactory(
        learner=learner, channel=channel, state=State.SENT, sent_at=timezone.now() - timedelta(days=days_ago)
    )
    Attempt.objects.create(nudge=nudge, provider=provider, provider_message_id=their_id)
    return nudge


def message(text="When is the next session?", *, their_id="wamid.in.1", **more):
    written = {"type": "text", "text": {"body": text}} if text is not None else {}
    return {"from": PHONE.lstrip("+"), "id": their_id, "timestamp": "1760000000", **written, **more}


def write_whatsapp(client, *messages):
    return call_whatsapp(client, whatsapp(messages=messages))


def write_sms(client, text, **more):
    form = {"MessageSid": "SMin1", "From": PHONE, "To": "+1500", "Body": text, **more}
    return call_twilio(client, "/hooks/twilio/inbound", form)


def test_text_is_a_reply_to_the_latest_message_on_that_channel(client, learner):
    sent(learner, "whatsapp", days_ago=3)
    latest = sent(learner, "whatsapp", days_ago=1)
    sent(learner, "sms", days_ago=0)
    assert write_whatsapp(client, message()).status_code == 200
    reply = Reply.objects.get()
    assert (reply.learner, reply.nudge, reply.channel, reply.kind) == (learner, latest, "whatsapp", "text")
    assert reply.text == "When is the next session?"
    assert reply.at.year == 2025
    assert AutomationStop.objects.filter(learner=learner).exists()


def test_reply_to_one_message_names_that_one(client, learner):
    older = sent(learner, "whatsapp", days_ago=3, their_id="wamid.out.1")
    sent(learner, "whatsapp", days_ago=1, their_id="wamid.out.2")
    write_whatsapp(client, message(context={"id": "wamid.out.1"}))
    assert Reply.objects.get().nudge == older


def test_same_message_told_again_is_one_reply(client, learner):
    for _ in range(3):
        assert write_whatsapp(client, message()).status_code == 200
    assert Reply.objects.count() == 1
    assert Task.objects.count() == 1


def test_several_who_share_a_phone_the_one_last_written_to_answers(client, learner):
    sibling = LearnerFactory(phone=PHONE)
    sent(learner, "whatsapp", days_ago=2)
    sent(sibling, "whatsapp", days_ago=1)
    write_whatsapp(client, message())
    assert Reply.objects.get().learner == sibling


def test_learner_who_writes_first_is_known_by_the_number(client, learner):
    write_whatsapp(client, message())
    assert (Reply.objects.get().learner, Reply.objects.get().nudge) == (learner, None)


def test_unknown_number_leaves_a_report_alone(client):
    assert write_whatsapp(client, message("Who is this?")).status_code == 200
    assert not Reply.objects.exists()
    kept = ProviderReport.objects.get()
    assert (kept.kind, kept.detail) == ("inbound", f"{PHONE}: Who is this?")


@pytest.mark.parametrize(
    ("text", "kind"), [("STOP", "stop"), ("বন্ধ", "stop"), ("help", "help"), ("সাহায্য", "help"), ("I'm fine", "fine")]
)
def test_short_words_do_what_they_say_on_both_channels(client, learner, text, kind):
    write_whatsapp(client, message(text))
    assert write_sms(client, text).content == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert [reply.kind for reply in Reply.objects.all()] == [kind, kind]
    stopped = not learner.preferences.filter(allowed=True).exists()
    assert stopped is (kind == "stop")


def test_stop_that_twilio_acted_on_is_one_whatever_was_written(client, learner):
    write_sms(client, "arret", OptOutType="STOP")
    assert Reply.objects.get().kind == "stop"
    assert not learner.preferences.get(channel="sms").allowed
    assert learner.preferences.get(channel="whatsapp").allowed


@pytest.mark.parametrize(
    ("sent_as", "text"),
    [
        ({"type": "button", "button": {"text": "I need help", "payload": "x"}}, "I need help"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}},
            },
            "Yes",
        ),
        ({"type": "image", "image": {"id": "7", "caption": "my screen"}}, "[image] my screen"),
        ({"type": "audio", "audio": {"id": "7"}}, "[audio]"),
        ({"type": "unsupported"}, "[unsupported]"),
    ],
)
def test_whatever_is_sent_reaches_a_person(client, learner, sent_as, text):
    assert write_whatsapp(client, message(None, **sent_as)).status_code == 200
    assert Reply.objects.get().text == text


def test_forged_message_is_nobodys(client, learner):
    assert call_whatsapp(client, whatsapp(messages=[message()]), secret="guessed").status_code == 403
    form = {"MessageSid": "SMin1", "From": PHONE, "Body": "STOP"}
    assert call_twilio(client, "/hooks/twilio/inbound", form, token="guessed").status_code == 403
    assert not Reply.objects.exists()
    assert learner.preferences.filter(allowed=True).count() == 2


def test_sms_arrives_with_its_text(client, learner):
    nudge = sent(learner, "sms", provider="twilio")
    assert write_sms(client, "নমস্কার & hello").status_code == 200
    reply = Reply.objects.get()
    assert (reply.text, reply.channel, reply.nudge) == ("নমস্কার & hello", "sms", nudge)
