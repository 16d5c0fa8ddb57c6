"""Letters over SMTP, against real servers on this machine: when are they taken, and when does nobody know?"""

import socket
import time
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from nudges.channels import smtp as channel
from nudges.channels.base import ChannelError, Message, transport_for
from nudges.channels.letter import compose

from .http_server import running
from .smtp_server import CLOSE, DRIP, HANG, MailServer

MESSAGE = Message(id="7f9c", to="riya@example.org", subject="Your next step", text="নমস্কার Riya,\n.\nshall we go on?")
TAKEN = ("taken", False, False)


@pytest.fixture
def use(settings):
    def use_port(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    return use_port


@pytest.fixture
def server(use):
    with running(MailServer()) as mail_server:
        use(mail_server.server_address[1])
        yield mail_server
        channel.close_connections()


def outcome(message=MESSAGE, **how) -> tuple[str, bool, bool]:
    try:
        channel.send(compose(message), **how)
    except ChannelError as error:
        return error.code, error.retrying_helps, error.may_have_arrived
    return TAKEN


def test_letter_arrives_whole_at_a_server_that_others_wrote(use):
    class Mailbox:
        letters = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            self.letters.append(envelope.content)
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        use(port)
        receipt = transport_for("email").send(MESSAGE)
    finally:
        channel.close_connections()
        controller.stop()
    [letter] = Mailbox.letters
    parsed = message_from_bytes(letter, policy=policy.default)
    assert receipt.provider_message_id == parsed["Message-ID"] == "<7f9c@localhost>"
    assert parsed.get_body(("plain",)).get_content().splitlines()[:3] == ["নমস্কার Riya,", ".", "shall we go on?"]
    assert "নমস্কার Riya" in parsed.get_body(("html",)).get_content()


def test_letters_share_a_connection(server):
    assert [outcome() for _ in range(3)] == [TAKEN] * 3
    assert server.connections == 1
    assert len(server.letters) == 3


def test_connection_that_rested_long_is_replaced(server, monkeypatch):
    assert outcome() == TAKEN
    monkeypatch.setattr(channel, "IDLE_SECONDS", -1)
    assert outcome() == TAKEN
    assert server.connections == 2


@pytest.mark.parametrize("goodbye", ["421 too many letters on one connection", CLOSE])
def test_kept_connection_that_the_server_ended_is_replaced_and_the_letter_said_once(server, goodbye):
    assert outcome() == TAKEN
    answers = iter([goodbye])

    class Once(dict):
        def __getitem__(self, step):
            return next(answers, "250 OK") if step == "mail" else dict.__getitem__(self, step)

    server.at = Once(server.at | {"rcpt": "250 OK", "letter": "250 OK", "ehlo": "250 OK"})
    assert outcome() == TAKEN
    assert server.connections == 2
    assert len(server.letters) == 2


def test_server_that_took_the_letter_and_then_hangs_at_the_goodbye_has_taken_it(server):
    server.at["quit"] = HANG
    started = time.monotonic()
    assert outcome() == TAKEN
    channel.close_connections()
    assert time.monotonic() - started < 1.4  # nobody waited for the goodbye


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        ("rcpt", "450 mailbox busy", ("provider_busy", True, False)),
        ("rcpt", "421 closing", ("provider_busy", True, False)),
        ("rcpt", "550 5.1.1 no such mailbox", ("bad_address", False, False)),
        ("rcpt", "550 5.7.1 not from you", ("refused", False, False)),
        ("rcpt", "550 no", ("refused", False, False)),
        ("letter", "451 try later", ("provider_busy", True, False)),
        ("letter", "554 5.7.1 spam", ("refused", False, False)),
        ("letter", "550 5.2.1 mailbox disabled", ("bad_address", False, False)),
        ("letter", "421 closing", ("provider_busy", True, False)),
        ("data", "451 not now", ("provider_busy", True, False)),
        ("mail", "530 log in first", ("provider_setup", True, False)),
        ("mail", "451 not now", ("provider_busy", True, False)),
        ("greeting", "554 no service", ("provider_setup", True, False)),
        ("greeting", "421 too busy", ("provider_busy", True, False)),
        ("greeting", CLOSE, ("provider_unreachable", True, False)),
        ("mail", CLOSE, ("provider_unreachable", True, False)),
        ("data", CLOSE, ("provider_unreachable", True, False)),
        ("letter", CLOSE, ("provider_unclear", True, True)),
    ],
)
def test_server_says_whether_the_letter_was_taken_and_whether_retrying_helps(server, step, answer, expected):
    server.at[step] = answer
    assert outcome() == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("greeting", ("provider_unreachable", True, False)),
        ("rcpt", ("provider_unreachable", True, False)),
        ("letter", ("provider_timeout", True, True)),
    ],
)
@pytest.mark.parametrize("slow", [HANG, DRIP])
def test_slow_server_is_given_up_and_a_letter_is_in_doubt_only_once_it_is_out(server, step, expected, slow):
    server.at[step] = slow
    started = time.monotonic()
    assert outcome(total_seconds=0.2) == expected
    assert time.monotonic() - started < 1.2


def test_server_that_is_away_may_be_tried_again(use):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        use(unused.getsockname()[1])
        assert outcome() == ("provider_unreachable", True, False)


def test_failed_letter_leaves_no_connection_behind(server):
    server.at["rcpt"] = "550 5.1.1 no such mailbox"
    outcome()
    server.at["rcpt"] = "250 OK"
    assert outcome() == TAKEN
    assert server.connections == 2


@pytest.mark.parametrize("to", ["", "riya@example.org\nBcc: x@y.org"])
def test_address_that_is_none_is_refused_for_good(server, to):
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(Message(**{**MESSAGE.__dict__, "to": to}))
    assert (caught.value.code, caught.value.retrying_helps) == ("bad_address", False)
    assert server.letters == []


def test_settings_that_do_not_fit_the_server_are_ours_to_put_right(server, settings):
    settings.EMAIL_USE_TLS = True  # it offers no STARTTLS
    assert outcome() == ("provider_setup", True, False)
