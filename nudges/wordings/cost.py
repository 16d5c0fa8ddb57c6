"""What the model's texts would cost, before it is asked. Pure but for the prices."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

# Assumed, on the high side. In: the stored prompt with its values, some 2,000 characters, at four a token. Out: a text
# of up to 500 characters as JSON; a token of Bengali is one or two letters.
TOKENS_IN = 520
TOKENS_OUT = {"en": 110, "bn": 330}
TOKENS_OUT_ELSEWHERE = 330


@dataclass(frozen=True)
class Estimate:
    """`calls` of the model, at most: what was written lately costs nothing."""

    calls: int
    usd: Decimal


def estimate(languages: list[str]) -> Estimate:
    """For one text in each of these languages; a language stands there as often as it is written in."""
    tokens_out = sum(TOKENS_OUT.get(language, TOKENS_OUT_ELSEWHERE) for language in languages)
    cost = (
        len(languages) * TOKENS_IN * Decimal(settings.OPENAI_USD_PER_MILLION_INPUT_TOKENS)
        + tokens_out * Decimal(settings.OPENAI_USD_PER_MILLION_OUTPUT_TOKENS)
    ) / 1_000_000
    return Estimate(len(languages), cost.quantize(Decimal("0.0001")))
