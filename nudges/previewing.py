"""What will go out, shown while it is written: filled in as far as the facts allow, with what is still wrong."""

from dataclasses import dataclass

from django.utils.functional import Promise

from learners.channels import Channel, address_on
from learners.models import Learner

from .facts import FactSheet
from .placeholders import PLACEHOLDERS, Placeholder, fill_known
from .services import text_problems, tidy
from .writers.draft_rules import LONGEST_BODY, Problem


@dataclass(frozen=True)
class Preview:
    """A message as its learner would read it. A placeholder without a value stays, and is one of the problems."""

    channel: str
    to: str  # the address; empty for in-app
    sender: str
    subject: str
    content: str
    problems: list[Problem]

    @property
    def length(self) -> int:
        return len(self.content)

    @property
    def limit(self) -> int:
        return LONGEST_BODY[Channel(self.channel)]


@dataclass(frozen=True)
class Word:
    """A placeholder to choose from, with what it stands for; None where this learner has no such fact."""

    placeholder: Placeholder
    value: str | Promise | None

    @property
    def text(self) -> str:
        return f"{{{self.placeholder.name}}}"


def preview_for(learner: Learner, facts: FactSheet, *, channel: str, subject: str, body: str) -> Preview:
    subject, body = tidy(subject=subject, body=body, channel=channel)
    return Preview(
        channel=channel,
        to=address_on(channel, email=learner.email, phone=learner.phone),
        sender=facts.coordinator,
        subject=fill_known(subject, facts.values),
        content=fill_known(body, facts.values),
        problems=text_problems(facts, channel=channel, subject=subject, body=body),
    )


def words_for(facts: FactSheet | None) -> list[Word]:
    """With the values of one learner, or without facts with their descriptions."""
    return [
        Word(placeholder, facts.values[name] if facts else placeholder.description)
        for name, placeholder in PLACEHOLDERS.items()
    ]
