"""Has the language model write a nudge: asks without identity, and trusts nothing that comes back."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation

from learners.channels import Channel

from .. import placeholders
from ..facts import FactSheet
from ..models import NudgeType, Prompt, Source
from . import openai_writer
from .answers import Answer
from .draft import Draft
from .draft_rules import LONGEST_BODY, Problem
from .failures import WriterFailed

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "body": {"type": "string"}},
    "required": ["subject", "body"],
    "additionalProperties": False,
}


def write_with_model(
    *,
    prompt: Prompt,
    facts: FactSheet,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    check: Callable[[str, str], list[Problem]],
) -> Draft:
    """The model's draft, if `check(subject, body)` finds no problem in it.

    Raises WriterFailed, with "rejected_<code of the problem>" when it finds one.
    """
    answer = openai_writer.ask(
        system=prompt.system,
        user=placeholders.fill_known(prompt.user, request_values(facts, channel=channel, type=type, language=language)),
        schema_name="nudge",
        schema=SCHEMA,
    )
    draft = draft_from(answer, prompt=prompt, channel=channel)
    problems = check(draft.subject, draft.body)
    if problems:
        raise WriterFailed(f"rejected_{problems[0].code}", usage=answer.usage)
    return draft


def draft_from(answer: Answer, *, prompt: Prompt, channel: str) -> Draft:
    """The draft in an answer, not checked yet. Raises WriterFailed("bad_answer")."""
    subject, body = _texts(answer)
    return Draft(
        subject=subject if channel == Channel.EMAIL else "",
        body=body,
        source=Source.AI,
        prompt=prompt,
        prompt_version=prompt.label,
        model=answer.usage.model,
        tokens_in=answer.usage.tokens_in,
        tokens_out=answer.usage.tokens_out,
        cost_usd=answer.usage.cost_usd,
    )


def request_values(facts: FactSheet, *, channel: str, type: str, language: str) -> dict[str, str]:  # noqa: A002
    """What the prompt's placeholders stand for, in English. Numbers are all that is told of the learner."""
    with translation.override("en"):
        known = [
            f"{name}: {facts.values[name]} ({placeholders.PLACEHOLDERS[name].description})"
            for name in facts.numbers
            if facts.values[name] is not None
        ]
        return {
            "language": str(dict(settings.LANGUAGES)[language]),
            "channel": str(Channel(channel).label),
            "type": str(NudgeType(type).label),
            "max_characters": str(LONGEST_BODY[Channel(channel)]),
            "facts": "\n".join(known) or "Nothing is known yet.",
        }


def _texts(answer: Answer) -> tuple[str, str]:
    subject, body = answer.content.get("subject", ""), answer.content.get("body")
    if not isinstance(subject, str) or not isinstance(body, str):
        raise WriterFailed("bad_answer", usage=answer.usage)
    # A Bengali full stop right after an address would become a part of it.
    return subject.strip(), body.strip().replace("{link}।", "{link} ।")
