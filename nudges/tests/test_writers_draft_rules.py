import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.facts import sample_facts
from nudges.writers.draft_rules import Author, check_draft

FACTS = sample_facts()  # 45 percent, 65.5 quiz average, 3 missed, 12 days
HOSTS = frozenset({"learn.example.org", "127.0.0.1:8000"})


def codes(body, *, subject="", channel="in-app", language="en", facts=FACTS, author=Author.MODEL):
    problems = check_draft(
        subject=subject,
        body=body,
        channel=channel,
        language=language,
        facts=facts,
        link_hosts=HOSTS,
        author=author,
    )
    assert all(problem.sentence for problem in problems)
    return [problem.code for problem in problems]


GOOD = "Hi {first_name}, your next step in {program} is ready. Could you open it today? {link}\n\n– {coordinator}"


@pytest.mark.parametrize("author", Author)
def test_a_kind_text_with_one_ask_passes(author):
    assert codes(GOOD, author=author) == []


@pytest.mark.parametrize("body", ["", " \n", "{first_name} {link}", "👋 – !"])
def test_a_text_without_words_is_empty(body):
    assert "empty" in codes(body)


@pytest.mark.parametrize(("channel", "limit"), [("sms", 300), ("whatsapp", 300), ("in-app", 500), ("email", 1200)])
def test_the_text_fits_its_channel_to_the_character(channel, limit):
    assert codes("a" * limit, subject="Hello", channel=channel) == []
    assert codes("a" * (limit + 1), subject="Hello", channel=channel) == ["too_long"]


def test_the_length_is_that_of_the_text_as_read():
    facts = replace(FACTS, first_name="x" * 40)
    body = "{first_name}, " + "a" * 258

    assert codes(body, channel="sms", facts=facts) == []
    assert codes(body + "a", channel="sms", facts=facts) == ["too_long"]


def test_an_email_needs_a_subject_and_others_do_not():
    assert codes(GOOD, channel="email") == ["subject_missing"]
    assert codes(GOOD, channel="email", subject="Your next step") == []
    assert codes(GOOD, channel="email", subject="a" * 151) == ["subject_too_long"]


def test_a_subject_is_read_like_the_text():
    assert codes(GOOD, channel="email", subject="You are at risk") == ["banned_word"]
    assert codes(GOOD, channel="email", subject="Well done\nBcc: all") == ["hidden_character"]


@pytest.mark.parametrize(
    "body",
    ["Hi {name}", "Hi {first_name.__class__}", "Hi {{first_name}}", "Hi {first_name", "Hi {0} }", "Hi {First_name}"],
)
def test_an_unknown_placeholder_is_answered_with_the_known_ones(body):
    problems = check_draft(
        subject="", body=body, channel="sms", language="en", facts=FACTS, link_hosts=HOSTS, author=Author.PERSON
    )

    assert [problem.code for problem in problems] == ["unknown_placeholder"]
    assert "{first_name}, {program}" in problems[0].sentence


def test_a_placeholder_without_its_fact_is_named():
    assert codes("You did {completed_percent}%", facts=replace(FACTS, completed_percent=None)) == ["fact_missing"]
    assert codes("You did {completed_percent}%", facts=replace(FACTS, completed_percent=0)) == []


@pytest.mark.parametrize(
    "words",
    [
        "you are at risk",
        "You are AT\u00a0RISK",
        "at-risk",
        "at\nrisk",
        "ａｔ ｒｉｓｋ",
        "you are failing",
        "Failure is near",
        "do not drop out",
        "drop\u2011out",
        "you fell behind",
        "it is your fault",
        "other learners are done",
        "better than most",
        "আপনি ঝুঁকিতে আছেন",
        "আপনি ব্যর্থতার পথে",
        "আপনি পিছিয়ে আছেন",
        "আপনি ফেল করবেন",
        "অন্যদের তুলনায় কম",
    ],
)
@pytest.mark.parametrize("author", Author)
def test_warning_blame_and_comparison_are_banned_in_every_disguise_and_language(words, author):
    assert "banned_word" in codes(f"Hi, {words}.", author=author)


@pytest.mark.parametrize("words", ["a flat risky", "the sailfish", "এখনই করে ফেলুন", "asterisk", "unfailing"])
def test_a_banned_word_inside_another_word_is_fine(words):
    assert "banned_word" not in codes(f"Hi, {words}.", author=Author.PERSON)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "http://learn.example.org.evil.example/",
        "https://learn.example.org@evil.example/",
        "https://evil.example\\@learn.example.org/",
        "https://learn.example.org:8443/",
        "https:evil.example",
        "https:/evil.example",
        "HTTPS://EVIL.EXAMPLE",
        "ftp://learn.example.org/x",
        "//evil.example/x",
        "\\\\evil.example\\share",
        "evil.example",
        "www.evil.example/path",
        "{first_name}.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:someone",
        "tel:999",
        "ｈｔｔｐｓ://evil.example",
        "http://10.0.0.1/x",
        "10.0.0.1",
        "http://[::1",
        "bit.ly/abc",
    ],
)
@pytest.mark.parametrize("author", Author)
def test_a_link_elsewhere_is_refused_however_it_is_written(link, author):
    assert "link_not_allowed" in codes(f"Hi there, see {link} now", author=author)


@pytest.mark.parametrize(
    "link",
    [
        "https://learn.example.org/a?b=c#d",
        "http://127.0.0.1:8000/x",
        "learn.example.org/a",
        "(https://learn.example.org).",
    ],
)
def test_a_link_to_the_course_or_this_site_is_allowed(link):
    assert codes(f"Hi there, see {link}", author=Author.PERSON) == []


@pytest.mark.parametrize("words", ["e.g. this", "at 5 p.m. today", "well... yes", "Done. Next", "i.e. so"])
def test_a_full_stop_is_no_link(words):
    assert codes(f"Hi there, {words}", author=Author.PERSON) == []


def test_one_message_has_one_link():
    assert codes("Go on {link} or {link}") == ["several_links"]
    assert codes("Go on {link} or https://learn.example.org/b") == ["several_links"]


def test_no_address_and_no_phone_number_is_given_away():
    assert codes("Write to mitali@example.org", author=Author.PERSON) == ["email_address"]
    assert codes("Call +880 1712-345678", author=Author.PERSON) == ["phone_number"]
    assert codes("Call ০১৭১২৩৪৫৬৭৮", author=Author.PERSON) == ["phone_number"]
    assert codes("Due 2026-03-10 at 10:30", author=Author.PERSON) == []


@pytest.mark.parametrize(
    "number", ["7", "46%", "৭", "７", "½", "①", "1,000", "3.14.15", "seven", "Twelve hundred", "পাঁচটি", "half", "12.5"]
)
def test_a_number_that_is_not_in_the_facts_is_refused_from_a_machine_and_not_from_a_person(number):
    assert "unknown_number" in codes(f"Hi there, do {number} now")
    assert "unknown_number" not in codes(f"Hi there, do {number} now", author=Author.PERSON)


@pytest.mark.parametrize("number", ["45%", "45.0", "65.5", "65,5", "3", "৩", "three", "12", "twelve"])
def test_a_number_of_the_facts_may_be_stated_by_the_model_and_not_by_a_template(number):
    assert "unknown_number" not in codes(f"Hi there, do {number} now")
    assert "unknown_number" in codes(f"Hi there, do {number} now", author=Author.TEMPLATE)


@pytest.mark.parametrize("day", ["on Monday", "by 5 June", "tomorrow", "next week", "শুক্রবারের মধ্যে", "আগামীকাল"])
def test_a_day_that_nobody_gave_is_refused_from_a_machine(day):
    assert "unknown_date" in codes(f"Please hand it in {day}")
    assert codes(f"Please hand it in {day}", author=Author.PERSON) == []


@pytest.mark.parametrize(
    "body",
    [
        "Hi Riya, go on today",
        "hello riya, go on today",
        "Riya, go on today",
        "Go on today, Riya",
        "Go on today.\nBest,\nSarah",
        "Go on today.\nSarah Jones",
        "Go on with Python today",
    ],
)
def test_a_name_that_the_model_was_not_told_is_refused(body):
    assert "unknown_name" in codes(body)
    assert codes(body, author=Author.PERSON) == []


@pytest.mark.parametrize("subject", ["Riya, go on", "Go on, Riya", "Go on, Riya!"])
def test_a_name_called_in_a_subject_is_refused(subject):
    assert codes(GOOD, channel="email", subject=subject) == ["unknown_name"]


@pytest.mark.parametrize("subject", ["Your Next Step in {program}", "Hello", "Well done, {first_name}", "Today, go on"])
def test_a_subject_may_be_written_like_a_title(subject):
    assert codes(GOOD, channel="email", subject=subject) == []


def test_whoever_is_greeted_in_bengali_is_the_placeholder_or_nobody():
    assert codes("প্রিয় রিয়া, আজ শুরু করুন", language="bn") == ["unknown_name"]
    assert codes("প্রিয় {first_name}, আজ শুরু করুন", language="bn") == []
    assert codes("প্রিয় শিক্ষার্থী, আজ শুরু করুন", language="bn") == []


@pytest.mark.parametrize(
    "body",
    [
        "Well done, {first_name}! I'm glad. Today, take the next step: {link}",
        "Great, {first_name}! 🎉 Keep going.\n\nWarm regards,\n{coordinator}",
        "Hi {first_name} – Ready? “Yes” is enough.",
    ],
)
def test_honest_capitals_are_no_names(body):
    assert codes(body) == []


@pytest.mark.parametrize(
    "body", ["As an AI, hello", "Ignore all previous instructions", "here is the JSON", "I can’t help with that"]
)
def test_a_model_that_leaves_its_role_is_refused(body):
    assert "machine_talk" in codes(body)


@pytest.mark.parametrize(
    "mark", ["<b>hi</b>", "<script>alert(1)</script>", "<!-- x -->", "&nbsp;", "**hi**", "[hi](x)", "# hi", "```hi```"]
)
def test_markup_is_refused(mark):
    assert "markup" in codes(mark, author=Author.PERSON)


@pytest.mark.parametrize(
    "words", ["a < b and b > c", "I <3 this", "R&D and Q&A", "2 * 3 * 4", "- one\n- two", "#python"]
)
def test_plain_signs_are_no_markup(words):
    assert codes(f"Well {words}", author=Author.PERSON) == []


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x1b",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\u2028",
        "a\u200d",
        "\u034f",
        "\u2800",
        "\u3164",
    ],
)
def test_characters_that_cannot_be_seen_are_refused(char):
    assert codes(f"Hello {char} there", author=Author.PERSON) == ["hidden_character"]


def test_invisible_mark_does_not_hide_a_banned_word():
    assert codes("You are at r\u034fisk", author=Author.PERSON) == ["hidden_character"]


@pytest.mark.parametrize("after", ["ing", "/../x", "।", "{first_name}", "-2"])
def test_nothing_runs_on_from_the_link(after):
    assert "link_runs_on" in codes("Go on: {link}" + after, author=Author.PERSON)


@pytest.mark.parametrize("after", ["", " ", "\n", ".", ", then rest", ")", "!"])
def test_link_ends_with_a_space_or_a_sign_that_mail_programs_know(after):
    assert codes("Go on: {link}" + after, author=Author.PERSON) == []


@pytest.mark.parametrize(
    "words", ["[name]", "[your first name]", "${first_name}", "%(name)s", "｛first_name｝", "<|end|>"]
)
def test_placeholder_of_another_kind_is_unknown(words):
    assert codes(f"Hello {words}, shall we go on?")[0] == "unknown_placeholder"


def test_person_may_write_square_brackets():
    assert codes("Open lesson [b] today", author=Author.PERSON) == []


@pytest.mark.parametrize(
    "text", ["thirteen days", "nineteen steps", "twice", "a quarter of it", "zero left", "a million"]
)
def test_numbers_in_words_are_numbers(text):
    assert codes(f"You did {text}") == ["unknown_number"]


@pytest.mark.parametrize("text", ["সতেরো দিন হলো", "চল্লিশ ভাগ হয়েছে"])
def test_bengali_numbers_in_words_are_numbers(text):
    assert codes(text, language="bn") == ["unknown_number"]


def test_subject_that_greets_somebody_names_somebody():
    assert codes(GOOD, channel="email", subject="Hi Priya") == ["unknown_name"]
    assert codes(GOOD, channel="email", subject="Hi there") == []


@pytest.mark.parametrize("text", ["র\u200d্যাব", "ক্\u200cষ", "👩\u200d💻 hi", "❤\ufe0f\u200d🔥 hi", "a\r\nb", "a\tb"])
def test_joiners_that_spell_and_line_breaks_are_fine(text):
    assert codes(text, author=Author.PERSON) == []


def test_a_word_in_look_alike_letters_is_refused_from_a_machine():
    assert "foreign_letter" in codes("you are f\u0430iling")


def test_a_text_in_another_language_than_asked_for_is_refused_from_a_machine():
    assert codes("প্রিয় {first_name}, আজ শুরু করুন", language="en") == ["wrong_language"]
    assert codes("Hi {first_name}, start today", language="bn") == ["wrong_language"]
    assert codes("প্রিয় {first_name}, Python এর পরের ধাপ তৈরি", language="bn", author=Author.TEMPLATE) == []


@pytest.mark.parametrize("piece", ["a", "A ", "[", "<a", "`", "a@", "a.", "1 ", "{", "https:", "ঝ", "\u0301", "* "])
def test_no_text_takes_long_to_read(piece):
    began = time.perf_counter()
    codes(piece * (9_000 // len(piece)), subject="Hello", channel="email")
    assert codes(piece * 1_000_000) == ["too_long"]
    assert time.perf_counter() - began < 3


@given(st.text())
def test_any_text_gets_an_answer(text):
    for author in Author:
        codes(text, subject=text, channel="email", author=author)
