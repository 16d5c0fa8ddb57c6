"""What every text obeys, whoever wrote it. Pure: a text and its facts in, problems with what to do about them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from learners.channels import Channel

from .. import placeholders
from . import claims, wording
from .links import contacts_in, is_allowed
from .reading import hidden_characters, without_placeholders

if TYPE_CHECKING:
    from ..facts import FactSheet

LONGEST_BODY = {Channel.SMS: 300, Channel.WHATSAPP: 300, Channel.IN_APP: 500, Channel.EMAIL: 1200}
LONGEST_SUBJECT = 150
LONGEST_READ = 10_000  # beyond this nothing else is said of a text

_MARKUP = re.compile(
    r"</?[a-z!][^<>]{0,500}>|&(?:[a-z]+|#\w+);|\*\*|```|`[^`\n]{1,200}`|\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)|^\s{0,3}#{1,6}\s|^\s*[-*_]{3,}\s*$",
    re.IGNORECASE | re.MULTILINE,
)
# What a mail program or a phone would read on as a part of the address.
_AFTER_LINK = re.compile(r"\{link\}[^\s.,;:!?)\]\"']")
_OTHER_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,60}\]|\$\{\w*|%\(\w*\)s|<\|\w*|[｛｝]")


class Author(Enum):
    """Who answers for what a text states. A person may write "call me at 5", and knows why."""

    PERSON = "person"
    TEMPLATE = "template"
    MODEL = "model"
    MODEL_FOR_MANY = "model for many"  # it was told no numbers: those that its readers have differ

    @property
    def is_model(self) -> bool:
        return self in (Author.MODEL, Author.MODEL_FOR_MANY)

    @property
    def writes_for_many(self) -> bool:
        return self in (Author.TEMPLATE, Author.MODEL_FOR_MANY)


@dataclass(frozen=True)
class Problem:
    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is checked: a text with its placeholders, and what it is held against."""

    subject: str
    body: str
    channel: str
    language: str
    facts: FactSheet
    link_hosts: frozenset[str]
    author: Author

    @property
    def whole(self) -> str:
        return f"{self.subject}\n{self.body}" if self.channel == Channel.EMAIL else self.body


def check_draft(
    *,
    subject: str,
    body: str,
    channel: str,
    language: str,
    facts: FactSheet,
    link_hosts: frozenset[str],
    author: Author,
) -> list[Problem]:
    """The problems of a text, in the order in which to mend them; empty when it may go out.

    `link_hosts` are the network locations that may be linked to ("learn.example.org", "127.0.0.1:8000"). The length
    counts what the learner reads: placeholders filled.
    """
    text = Text(
        subject=subject.replace("\r\n", "\n"),
        body=body.replace("\r\n", "\n"),
        channel=channel,
        language=language,
        facts=facts,
        link_hosts=link_hosts,
        author=author,
    )
    rules = RULES if len(text.whole) <= LONGEST_READ else (_fits,)
    return [problem for rule in rules for problem in rule(text)]


def _has_words(text: Text) -> Iterator[Problem]:
    if not any(char.isalpha() for char in without_placeholders(text.body)):
        yield Problem("empty", _("Write a text: there are no words in it yet."))
    if text.channel == Channel.EMAIL and not text.subject.strip():
        yield Problem("subject_missing", _("Give the email a subject."))


def _knows_its_placeholders(text: Text) -> Iterator[Problem]:
    known = ", ".join(f"{{{name}}}" for name in placeholders.PLACEHOLDERS)
    unknown = [name for name in placeholders.names_in(text.whole) if name not in placeholders.PLACEHOLDERS]
    if unknown:
        yield Problem(
            "unknown_placeholder",
            _("There is no placeholder {%(name)s}. These can be used: %(known)s.")
            % {"name": unknown[0][:40], "known": known},
        )
    elif placeholders.has_stray_brace(text.whole):
        yield Problem("unknown_placeholder", _("A brace stands alone. These placeholders can be used: %s.") % known)
    elif text.author is not Author.PERSON and (other := _OTHER_PLACEHOLDER.search(text.whole)):
        yield Problem(
            "unknown_placeholder",
            _("The learner would read “%(words)s” as it stands here. These placeholders can be used: %(known)s.")
            % {"words": other[0][:40], "known": known},
        )


def _has_its_facts(text: Text) -> Iterator[Problem]:
    for name in placeholders.names_in(text.whole):
        if name in placeholders.PLACEHOLDERS and text.facts.values[name] is None:
            yield Problem(
                "fact_missing",
                _("Take out {%s}: there is no such data for this learner.") % name,
            )


def _fits(text: Text) -> Iterator[Problem]:
    limit = LONGEST_BODY[Channel(text.channel)]
    length = _rendered_length(text.body, text.facts)
    if length > limit:
        yield Problem(
            "too_long",
            _("Shorten the text to %(limit)d characters: with everything filled in it has %(length)d.")
            % {"limit": limit, "length": length},
        )
    if text.channel == Channel.EMAIL and _rendered_length(text.subject, text.facts) > LONGEST_SUBJECT:
        yield Problem("subject_too_long", _("Shorten the subject to %d characters.") % LONGEST_SUBJECT)


def _hides_nothing(text: Text) -> Iterator[Problem]:
    hidden = hidden_characters(text.body) + hidden_characters(text.subject)
    if hidden or "\n" in text.subject:
        character = f"U+{ord(hidden[0]):04X}" if hidden else _("a line break in the subject")
        yield Problem("hidden_character", _("Take out a character that cannot be seen: %s.") % character)


def _is_plain_text(text: Text) -> Iterator[Problem]:
    if _MARKUP.search(text.whole):
        yield Problem("markup", _("Use plain words: HTML and Markdown marks would be shown as they are."))


def _supports(text: Text) -> Iterator[Problem]:
    banned = wording.banned_words_in(without_placeholders(text.whole))
    if banned:
        yield Problem(
            "banned_word",
            _("Say “%s” in a supportive way: no warnings, no blame, no comparison with others.") % banned[0],
        )


def _links_where_it_may(text: Text) -> Iterator[Problem]:
    contacts = contacts_in(text.whole)
    strange = [link for link in contacts.links if not is_allowed(link, text.link_hosts)]
    if strange:
        yield Problem(
            "link_not_allowed",
            _("Use {link} instead of “%s”: only the course and this site may be linked.") % strange[0][:60],
        )
    if len(contacts.links) + text.whole.count("{link}") > 1:
        yield Problem("several_links", _("Keep one link: one message asks for one thing."))
    if _AFTER_LINK.search(text.whole):
        yield Problem("link_runs_on", _("Put a space after {link}: what follows would become a part of the address."))
    if contacts.emails:
        yield Problem("email_address", _("Take out the email address: the learner can simply reply."))
    if contacts.phones:
        yield Problem("phone_number", _("Take out the phone number: the learner can simply reply."))


def _states_only_facts(text: Text) -> Iterator[Problem]:
    if text.author is Author.PERSON:
        return
    words = without_placeholders(contacts_in(text.whole).rest)
    numbers = claims.numbers_stated(words, _known_numbers(text))
    if numbers:
        yield Problem("unknown_number", _("Take out “%s”: this number is not among the facts.") % numbers[0])
    days = claims.days_stated(words)
    if days:
        yield Problem("unknown_date", _("Take out “%s”: no such day is among the facts.") % days[0])


def _names_nobody(text: Text) -> Iterator[Problem]:
    if not text.author.is_model:
        return
    names = claims.names_stated(without_placeholders(text.body, instead="there"))
    if text.channel == Channel.EMAIL:
        names += claims.names_called(without_placeholders(text.subject, instead="there"))
    if names:
        yield Problem("unknown_name", _("Take out “%s”: the writer was not told any name.") % names[0][:40])


def _stays_in_its_role(text: Text) -> Iterator[Problem]:
    if not text.author.is_model:
        return
    strayed = wording.machine_talk_in(without_placeholders(text.whole))
    if strayed:
        yield Problem("machine_talk", _("Take out “%s”: the message comes from a person.") % strayed[0])


def _speaks_the_language(text: Text) -> Iterator[Problem]:
    if text.author is Author.PERSON:
        return
    words = without_placeholders(contacts_in(text.body).rest)
    foreign = claims.foreign_letters(without_placeholders(text.whole))
    if foreign:
        yield Problem("foreign_letter", _("Take out “%s”: it belongs to another script.") % foreign[0])
    elif not claims.is_written_in(text.language, words):
        yield Problem("wrong_language", _("Write the text in the language that was chosen."))


def _known_numbers(text: Text) -> list[Decimal]:
    """As a text would write them. What is written for many states none: no number is true of everybody."""
    if text.author.writes_for_many:
        return []
    shown = (text.facts.values[name] for name in text.facts.numbers)
    return [Decimal(number) for number in shown if number is not None]


def _rendered_length(template: str, facts: FactSheet) -> int:
    """Of the text as the learner reads it; what can't be filled counts as it stands, and is a problem of its own."""
    return len(placeholders.fill_known(template, facts.values))


RULES: tuple[Callable[[Text], Iterator[Problem]], ...] = (
    _has_words,
    _knows_its_placeholders,
    _has_its_facts,
    _fits,
    _hides_nothing,
    _is_plain_text,
    _supports,
    _links_where_it_may,
    _states_only_facts,
    _names_nobody,
    _stays_in_its_role,
    _speaks_the_language,
)
