"""Email: what leaves, looked at in memory; and how failures are read, against a real SMTP server."""

import smtplib
import socket

import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from nudges.channels.base import ChannelError, Message, transport_for

MESSAGE = Message(
    id="7f9c",
    to="riya@example.org",
    subject="Your next step",
    text="Hi Riya,\nshall we go on?",
    sender_name="Mira Das",
    reply_to="mira@school.org",
)


def changed(**changes) -> Message:
    return Message(**{**MESSAGE.__dict__, **changes})


def sent(message=MESSAGE) -> mail.EmailMessage:
    transport_for("email").send(message)
    return mail.outbox[-1]


def test_coordinator_signs_and_gets_the_answer(settings):
    settings.DEFAULT_FROM_EMAIL = "Engage <engage@school.org>"
    email = sent()
    assert email.from_email == "Mira Das <engage@school.org>"
    assert email.reply_to == ["mira@school.org"]
    assert email.to == ["riya@example.org"]
    assert (email.subject, email.body) == ("Your next step", "Hi Riya,\nshall we go on?")


def test_without_a_coordinator_the_site_signs(settings):
    settings.DEFAULT_FROM_EMAIL = "Engage <engage@school.org>"
    email = sent(changed(sender_name="", reply_to=""))
    assert email.from_email == "Engage <engage@school.org>"
    assert email.reply_to == []


def test_same_message_keeps_its_id_at_every_try():
    assert sent().extra_headers == sent().extra_headers == {"Message-ID": "<7f9c@localhost>"}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_break_makes_no_second_header(line_break):
    evil = f"Hello{line_break}Bcc: everyone@example.org"
    email = sent(changed(subject=evil, sender_name=evil, reply_to=f"a@b.org{line_break}Bcc: c@d.org"))
    headers = email.message()
    assert headers["Bcc"] is None
    assert email.subject == "Hello Bcc: everyone@example.org"
    assert email.recipients() == ["riya@example.org"]


def test_letter_to_nobody_is_not_called_sent():
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(changed(to=""))
    assert caught.value.code == "bad_address"


def test_address_that_is_none_is_refused_for_good(smtp):
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(changed(to="riya@example.org\nBcc: x@y.org"))
    assert (caught.value.code, caught.value.retrying_helps) == ("bad_address", False)


class Mailbox:
    """An SMTP server's handler that answers each step as it is told."""

    def __init__(self):
        self.at_rcpt = self.at_data = "250 OK"
        self.letters = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content.decode())
        return self.at_data


@pytest.fixture
def smtp(settings):
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield mailbox
    controller.stop()


def test_letter_arrives(smtp):
    transport_for("email").send(MESSAGE)
    [letter] = smtp.letters
    assert "Subject: Your next step" in letter
    assert "Message-ID: <7f9c@localhost>" in letter


@pytest.mark.parametrize(
    ("step", "answer", "code", "retrying_helps"),
    [
        ("at_rcpt", "450 mailbox busy", "provider_busy", True),
        ("at_rcpt", "550 no such mailbox", "refused", False),
        ("at_data", "451 try later", "provider_busy", True),
        ("at_data", "554 spam", "refused", False),
        ("at_data", "421 closing", "provider_busy", True),
    ],
)
def test_mail_servers_answer_says_whether_retrying_helps(smtp, step, answer, code, retrying_helps):
    setattr(smtp, step, answer)
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(MESSAGE)
    assert (caught.value.code, caught.value.retrying_helps) == (code, retrying_helps)


def test_mail_server_that_is_away_may_be_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = unused.getsockname()
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(MESSAGE)
    assert (caught.value.code, caught.value.retrying_helps) == ("provider_unreachable", True)


def test_connection_that_breaks_after_the_letter_leaves_open_whether_it_was_taken(smtp, monkeypatch):
    def break_off(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr(smtplib.SMTP, "data", break_off)
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(MESSAGE)
    assert (caught.value.code, caught.value.retrying_helps) == ("provider_unclear", False)
