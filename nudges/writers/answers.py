"""Reads what a chat completion answered, believing nothing about its shape. Pure but for the prices.

Source: the OpenAI API reference, "The chat completion object"; compatible servers leave out what they like.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from .draft import Usage
from .failures import WriterFailed

MOST_TOKENS = 10_000_000  # in one answer; more is nonsense, and would not fit its column
_FENCED = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """The JSON object that the model wrote, in whatever shape, and what it cost."""

    content: dict[str, Any]
    usage: Usage


def read_answer(body: bytes) -> Answer:
    """Raises WriterFailed: "bad_answer", or "refused" when the model declined."""
    completion = _object(body, usage=Usage())
    usage = _usage(completion.get("usage"))
    message = _first_message(completion)
    if isinstance(message.get("refusal"), str) and message["refusal"]:
        raise WriterFailed("refused", usage=usage)
    content = message.get("content")
    if not isinstance(content, str):
        raise WriterFailed("bad_answer", usage=usage)
    fenced = _FENCED.match(content.strip())
    return Answer(_object(fenced[1] if fenced else content, usage=usage), usage)


def _object(text: str | bytes, *, usage: Usage) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WriterFailed("bad_answer", usage=usage) from error
    if not isinstance(value, dict):
        raise WriterFailed("bad_answer", usage=usage)
    return value


def _first_message(completion: dict[str, Any]) -> dict[str, Any]:
    """An empty one when it is not where it belongs."""
    choices = completion.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    return message if isinstance(message, dict) else {}


def _usage(reported: Any) -> Usage:
    counts = reported if isinstance(reported, dict) else {}
    tokens_in, tokens_out = _tokens(counts.get("prompt_tokens")), _tokens(counts.get("completion_tokens"))
    cost = (
        tokens_in * Decimal(settings.OPENAI_USD_PER_MILLION_INPUT_TOKENS)
        + tokens_out * Decimal(settings.OPENAI_USD_PER_MILLION_OUTPUT_TOKENS)
    ) / 1_000_000
    return Usage(settings.OPENAI_MODEL, tokens_in, tokens_out, cost.quantize(Decimal("0.000001")))


def _tokens(value: Any) -> int:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), MOST_TOKENS) if is_count else 0
