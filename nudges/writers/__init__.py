"""Who writes what a nudge says: the language model if there is one and its text passes, else a template."""

from dataclasses import replace

from ..facts import FactSheet, link_hosts
from ..models import Prompt
from . import openai_writer
from .draft import Draft
from .draft_rules import Author, Problem, check_draft
from .failures import WriterFailed, fallback_sentence, log_fallback
from .nudge_writer import write_with_model
from .prompts import prompt_in_use
from .template_writer import write_from_template

__all__ = ["Author", "Draft", "Problem", "WriterFailed", "check_text", "fallback_sentence", "write_nudge"]


def check_text(
    *, subject: str, body: str, channel: str, language: str, facts: FactSheet, author: Author
) -> list[Problem]:
    """The problems of a text with its placeholders, held against the facts and this site's settings."""
    return check_draft(
        subject=subject,
        body=body,
        channel=channel,
        language=language,
        facts=facts,
        link_hosts=link_hosts(facts.link),
        author=author,
    )


def write_nudge(*, facts: FactSheet, channel: str, type: str, language: str) -> Draft:  # noqa: A002
    """A draft with its placeholders. Calls out to the network: never call it inside a transaction.

    Raises WriterFailed("no_template") when not even a template fits; every other failure ends in a template, with the
    reason, and with what the attempt cost.
    """
    facts = replace(facts, language=language)

    def check(subject: str, body: str) -> list[Problem]:
        return check_text(
            subject=subject, body=body, channel=channel, language=language, facts=facts, author=Author.MODEL
        )

    prompt = None
    try:
        openai_writer.require_key()
        prompt = prompt_in_use(Prompt.Purpose.NUDGE)
        return write_with_model(prompt=prompt, facts=facts, channel=channel, type=type, language=language, check=check)
    except WriterFailed as failure:
        log_fallback("nudge", failure)
        draft = write_from_template(facts=facts, channel=channel, type=type, language=language, reason=failure.code)
        return replace(
            draft,
            prompt=prompt,
            prompt_version=prompt.label if prompt else "",
            model=failure.usage.model,
            tokens_in=failure.usage.tokens_in,
            tokens_out=failure.usage.tokens_out,
            cost_usd=failure.usage.cost_usd,
        )
