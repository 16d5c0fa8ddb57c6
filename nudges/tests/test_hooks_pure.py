"""Signatures, words, and each service's word for good: plain values in, a decision out."""

import hmac
from hashlib import sha256

import pytest

from nudges.hooks.bounces import is_lasting
from nudges.hooks.signatures import is_twilios, is_whatsapps
from nudges.hooks.words import kind_of


def test_whatsapps_signature_is_of_the_body_as_it_came():
    good = "sha256=" + hmac.new(b"secret", b'{"a": 1}', sha256).hexdigest()
    assert is_whatsapps(good, b'{"a": 1}', app_secret="secret")
    assert not is_whatsapps(good, b'{"a":1}', app_secret="secret")
    assert not is_whatsapps(good, b'{"a": 1}', app_secret="other")


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", "নমস্কার", "sha256=" + "0" * 64])
def test_nonsense_is_no_signature(signature):
    assert not is_whatsapps(signature, b"{}", app_secret="secret")
    assert not is_twilios(signature, "https://engage.example.org/", {}, auth_token="secret")


def test_twilios_own_example():
    """From https://www.twilio.com/docs/usage/security#validating-requests."""
    form = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+12349013030"],
        "Digits": ["1234"],
        "From": ["+12349013030"],
        "To": ["+18005551212"],
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    good = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    assert is_twilios(good, url, form, auth_token="12345")
    assert not is_twilios(good, url + "3", form, auth_token="12345")
    assert not is_twilios(good, url, {**form, "Digits": ["1235"]}, auth_token="12345")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("HELP", "help"),
        (" i need  help! ", "help"),
        ("সাহায্য চাই।", "help"),
        ("I’m fine", "fine"),
        ("I'm fine.", "fine"),
        ("আমি ভালো আছি", "fine"),
        ("I can't help it", "text"),
        ("Please help my sister", "text"),
        ("", "text"),
    ],
)
def test_short_words_are_understood_and_the_rest_is_for_a_person(text, kind):
    assert kind_of(text) == kind


def test_providers_word_to_stop_counts_whatever_was_written():
    assert kind_of("arret", is_stop=True) == "stop"


@pytest.mark.parametrize(
    ("esp", "told", "lasts"),
    [
        ("postmark", {"Type": "HardBounce"}, True),
        ("postmark", {"Type": "SoftBounce"}, False),
        ("brevo", {"event": "hard_bounce"}, True),
        ("brevo", {"event": "soft_bounce"}, False),
        ("mailjet", {"event": "bounce", "hard_bounce": True}, True),
        ("mailjet", {"event": "bounce", "hard_bounce": False}, False),
        ("sendgrid", {"event": "bounce", "type": "bounce"}, True),
        ("sendgrid", {"event": "bounce", "type": "blocked"}, False),
        ("sparkpost", {"msys": {"message_event": {"bounce_class": "10"}}}, True),
        ("sparkpost", {"msys": {"message_event": {"bounce_class": "22"}}}, False),
        ("mandrill", {"event": "hard_bounce"}, True),
        ("mandrill", {"event": "soft_bounce"}, False),
        ("resend", {"data": {"bounce": {"type": "Permanent"}}}, True),
        ("resend", {"data": {"bounce": {"type": "Transient"}}}, False),
        ("resend", {"data": None}, False),
        ("mailersend", {"data": {"type": "hard_bounced"}}, True),
        ("mailgun", {"event-data": {}}, None),
        ("postmark", "nonsense", None),
    ],
)
def test_each_service_says_in_its_own_way_whether_an_address_is_dead(esp, told, lasts):
    assert is_lasting(esp, told) is lasts
