"""Letters: what is in them, looked at in memory."""

import pytest
from django.core import mail
from django.utils import translation

from nudges.channels.base import ChannelError, Message, transport_for

MESSAGE = Message(
    id="7f9c",
    to="riya@example.org",
    subject="Your next step",
    text="Hi Riya,\nshall we go on? https://engage.example.org/n/abc/go\n\n<b>Mira</b>",
    sender_name="Mira Das",
    reply_to="mira@school.org",
    link="https://engage.example.org/n/abc/go",
    answer_url="https://engage.example.org/n/abc/",
    unsubscribe_url="https://engage.example.org/n/abc/stop",
    seen_url="https://engage.example.org/n/abc/seen.gif",
)


def changed(**changes) -> Message:
    return Message(**{**MESSAGE.__dict__, **changes})


def sent(message=MESSAGE) -> mail.EmailMultiAlternatives:
    transport_for("email").send(message)
    return mail.outbox[-1]


def html_of(letter) -> str:
    [(html, kind)] = letter.alternatives
    assert kind == "text/html"
    return html


def test_coordinator_signs_and_gets_the_answer(settings):
    settings.DEFAULT_FROM_EMAIL = "Engage <engage@school.org>"
    letter = sent()
    assert letter.from_email == "Mira Das <engage@school.org>"
    assert letter.reply_to == ["mira@school.org"]
    assert letter.to == ["riya@example.org"]
    assert letter.subject == "Your next step"


def test_without_a_coordinator_the_site_signs(settings):
    settings.DEFAULT_FROM_EMAIL = "Engage <engage@school.org>"
    letter = sent(changed(sender_name="", reply_to=""))
    assert letter.from_email == "Engage <engage@school.org>"
    assert letter.reply_to == []


def test_plain_text_begins_with_the_message_and_ends_with_the_ways_to_answer_and_to_stop():
    text = sent().body
    assert text.startswith("Hi Riya,\nshall we go on? https://engage.example.org/n/abc/go\n\n<b>Mira</b>\n")
    assert "I’m fine · I need help: https://engage.example.org/n/abc/\n" in text
    assert "Stop these emails: https://engage.example.org/n/abc/stop\n" in text
    assert "You get this because" in text


def test_html_says_the_same_and_what_was_written_is_no_markup():
    html = html_of(sent())
    assert "Hi Riya,<br>shall we go on?" in html
    assert "&lt;b&gt;Mira&lt;/b&gt;" in html
    assert '<a class="go" href="https://engage.example.org/n/abc/go">' in html
    assert 'href="https://engage.example.org/n/abc/#how"' in html
    assert 'href="https://engage.example.org/n/abc/stop"' in html
    assert 'src="https://engage.example.org/n/abc/seen.gif"' in html


def test_html_loads_nothing_but_the_picture_that_tells_that_it_was_opened():
    html = html_of(sent())
    assert html.count("src=") == 1
    assert "url(" not in html
    assert "@import" not in html


def test_without_addresses_there_is_no_empty_link_and_no_footer():
    bare = changed(link="", answer_url="", unsubscribe_url="", seen_url="")
    letter = sent(bare)
    assert letter.body == f"{bare.text}\n"
    html = html_of(letter)
    assert 'href=""' not in html
    assert "<img" not in html
    assert "List-Unsubscribe" not in letter.message()


def test_one_click_stops_the_emails():
    headers = sent().message()
    assert headers["List-Unsubscribe"] == "<https://engage.example.org/n/abc/stop>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_list_has_a_name_that_stays(settings):
    settings.SITE_URL = "https://engage.example.org:8443"
    assert sent().message()["List-Id"] == "<nudges.engage.example.org>"


@pytest.mark.parametrize(("is_automatic", "header"), [(True, "auto-generated"), (False, None)])
def test_only_what_a_rule_sent_calls_itself_automatic(is_automatic, header):
    assert sent(changed(is_automatic=is_automatic)).message()["Auto-Submitted"] == header


def test_letter_is_in_the_learners_language_whatever_the_workers_is():
    with translation.override("en"):
        html = html_of(sent(changed(language="bn", text="নমস্কার Riya")))
    assert '<html lang="bn">' in html
    assert "নমস্কার Riya" in html


def test_same_message_keeps_its_id_at_every_try(settings):
    settings.DEFAULT_FROM_EMAIL = "Engage <engage@school.org>"
    assert sent().message()["Message-ID"] == sent().message()["Message-ID"] == "<7f9c@school.org>"
    assert transport_for("email").send(MESSAGE).provider_message_id == "<7f9c@school.org>"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_break_makes_no_second_header(line_break):
    evil = f"Hello{line_break}Bcc: everyone@example.org"
    letter = sent(changed(subject=evil, sender_name=evil, reply_to=f"a@b.org{line_break}Bcc: c@d.org"))
    headers = letter.message()
    assert headers["Bcc"] is None
    assert letter.subject == "Hello Bcc: everyone@example.org"
    assert letter.recipients() == ["riya@example.org"]


@pytest.mark.parametrize("to", ["", "riya@example.org\nBcc: x@y.org"])
def test_letter_to_nobody_is_not_called_sent(to):
    with pytest.raises(ChannelError) as caught:
        transport_for("email").send(changed(to=to))
    assert (caught.value.code, caught.value.retrying_helps) == ("bad_address", False)
