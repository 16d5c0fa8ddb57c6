"""What a writer hands over: a text with its placeholders, and where it came from."""

from dataclasses import dataclass
from decimal import Decimal

from ..models import FallbackTemplate, Prompt, Source


@dataclass(frozen=True)
class Usage:
    """What a call to the language model took: also paid for when its text is refused."""

    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`body` and `subject` keep their placeholders. `fallback_reason` is a code of failures.SENTENCES, or empty."""

    subject: str
    body: str
    source: Source
    fallback_reason: str = ""
    template: FallbackTemplate | None = None
    template_version: int | None = None
    prompt: Prompt | None = None
    prompt_version: str = ""  # "nudge-2": the prompt's short name and version
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
