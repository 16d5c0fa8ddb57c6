"""Who writes what a nudge says: the language model if there is one and its text passes, else a template."""

from dataclasses import replace

from ..facts import FactSheet
from .draft import Draft
from .failures import WriterFailed, fallback_sentence
from .template_writer import write_from_template

__all__ = ["Draft", "WriterFailed", "fallback_sentence", "write_nudge"]


def write_nudge(*, facts: FactSheet, channel: str, type: str, language: str) -> Draft:  # noqa: A002
    """A draft with its placeholders. Calls out to the network: never call it inside a transaction.

    Raises WriterFailed("no_template") when not even a template fits; all other failures end in a template.
    """
    facts = replace(facts, language=language)
    return write_from_template(facts=facts, channel=channel, type=type, language=language, reason="no_key")
