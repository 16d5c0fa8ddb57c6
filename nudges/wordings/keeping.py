"""Drafts of the model that were paid for and passed: the same question within a week costs nothing.

The key is a hash of everything that the answer depends on. What is kept names nobody: it holds placeholders.
"""

from datetime import timedelta
from hashlib import sha256
from typing import TypedDict

from django.conf import settings
from django.core.cache import cache

from ..models import Prompt

KEPT_FOR = timedelta(days=7)


class Kept(TypedDict):
    subject: str
    body: str
    model: str


def key_of(prompt: Prompt, *, channel: str, language: str, type: str, situation: int, arm: str) -> str:  # noqa: A002
    asked = (
        prompt.label, prompt.system, prompt.user, settings.OPENAI_BASE_URL, settings.OPENAI_MODEL,
        channel, language, type, situation, arm,
    )  # fmt: skip
    return f"draft-for-many:{sha256(repr(asked).encode()).hexdigest()}"


def kept_drafts(keys: list[str]) -> dict[str, Kept]:
    return cache.get_many(keys)


def keep_draft(key: str, *, subject: str, body: str, model: str) -> None:
    cache.set(key, Kept(subject=subject, body=body, model=model), timeout=KEPT_FOR.total_seconds())
