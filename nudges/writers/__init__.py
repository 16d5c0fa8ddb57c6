"""Who writes what a nudge says: the language model if there is one and its text passes, else a template."""

from dataclasses import replace

from django.conf import settings

from ..facts import FactSheet
from .draft import Draft
from .draft_rules import Author, Problem, check_draft
from .failures import WriterFailed, fallback_sentence
from .links import host_of
from .template_writer import write_from_template

__all__ = ["Author", "Draft", "Problem", "WriterFailed", "check_text", "fallback_sentence", "write_nudge"]


def check_text(
    *, subject: str, body: str, channel: str, language: str, facts: FactSheet, author: Author
) -> list[Problem]:
    """The problems of a text with its placeholders, held against the facts and this site's settings."""
    hosts = {host_of(facts.link), host_of(settings.SITE_URL), *map(str.casefold, settings.NUDGE_LINK_HOSTS)}
    return check_draft(
        subject=subject,
        body=body,
        channel=channel,
        language=language,
        facts=facts,
        link_hosts=frozenset(hosts - {""}),
        author=author,
    )


def write_nudge(*, facts: FactSheet, channel: str, type: str, language: str) -> Draft:  # noqa: A002
    """A draft with its placeholders. Calls out to the network: never call it inside a transaction.

    Raises WriterFailed("no_template") when not even a template fits; all other failures end in a template.
    """
    facts = replace(facts, language=language)
    return write_from_template(facts=facts, channel=channel, type=type, language=language, reason="no_key")
