"""One text of many that a batch has: where in the batch it belongs, what it says, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ..models import NudgeBatch, Wording
from ..services import tidy
from ..situations import needs


@dataclass(frozen=True, kw_only=True)
class Text:
    """For learners of one channel, language, situation (0 fits everyone) and arm; `turn` orders those of one place.

    `cost_usd` is a decimal in words, and what this text cost: nothing when it was written before, for another batch.
    """

    channel: str
    language: str
    situation: int = 0
    arm: str = "a"
    turn: int = 0
    subject: str = ""
    body: str
    source: str
    fallback_reason: str = ""
    edited: bool = False
    template_id: int | None = None
    template_version: int | None = None
    prompt_id: int | None = None
    prompt_version: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: str = "0"

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Text:
        return cls(**stored)

    @classmethod
    def of(cls, wording: Wording) -> Text:
        values = {name: getattr(wording, name) for name in NAMES}
        return cls(**values | {"cost_usd": f"{wording.cost_usd.normalize():f}"})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> tuple[str, str, int, str, int]:
        return self.channel, self.language, self.situation, self.arm, self.turn

    @property
    def needs(self) -> int:
        """The facts that it names: bits of situations.FACTS."""
        return needs(self.subject, self.body)

    def with_words(self, *, subject: str, body: str) -> Text:
        """The same text after a person's hand."""
        subject, body = tidy(subject=subject, body=body, channel=self.channel)
        edited = self.edited or (subject, body) != (self.subject, self.body)
        return replace(self, subject=subject, body=body, edited=edited)


NAMES = tuple(field.name for field in fields(Text))


def texts_of(batch: NudgeBatch) -> list[Text]:
    return [Text.of(wording) for wording in batch.wordings.all()]


def store_texts(batch: NudgeBatch, texts: Iterable[Text]) -> None:
    """Put these in place of the batch's wordings. Nobody may have got one of them yet."""
    batch.wordings.all().delete()
    Wording.objects.bulk_create(
        Wording(batch=batch, needs=text.needs, **text.as_json() | {"cost_usd": Decimal(text.cost_usd)})
        for text in texts
    )


def digest_of(texts: Iterable[Text]) -> str:
    """Of what learners would read, where, and as what: the same words have the same digest, however they came."""
    said = sorted((*text.place, text.subject, text.body) for text in texts)
    return sha256(repr(said).encode()).hexdigest()
