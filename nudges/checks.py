"""What Django's `check --database default` says about the texts: warnings, since nudges can be written by hand."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004
from django.db import connections

from learners.channels import Channel

from .models import FallbackTemplate, NudgeType, Prompt

LOAD = "Load those that come with the product (manage.py loaddata fallback_templates prompts), or add one in the admin."


@register(Tags.database)
def texts_in_use(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Silent before the first migration: there is no table to look into."""
    if "default" not in (databases or ()):
        return []
    tables = connections["default"].introspection.table_names()
    if not {FallbackTemplate._meta.db_table, Prompt._meta.db_table} <= set(tables):
        return []
    return [*_missing_templates(), *_missing_prompts()]


def _missing_templates() -> list[CheckMessage]:
    in_use = set(FallbackTemplate.objects.filter(is_active=True).values_list("channel", "type", "language"))
    wanted = product(Channel.values, NudgeType.values, [code for code, _name in settings.LANGUAGES])
    missing = [" ".join(slot) for slot in wanted if slot not in in_use]
    if not missing:
        return []
    shown = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
    return [Warning(f"{len(missing)} kinds of nudge have no template in use: {shown}.", hint=LOAD, id="nudges.W001")]


def _missing_prompts() -> list[CheckMessage]:
    """Only where there is a model to ask."""
    if not settings.OPENAI_API_KEY:
        return []
    in_use = set(Prompt.objects.filter(is_active=True).values_list("purpose", flat=True))
    return [
        Warning(
            f"There is a key for a language model, and no prompt in use to write a {purpose}.",
            hint=LOAD,
            id="nudges.W002",
        )
        for purpose in Prompt.Purpose.values
        if purpose not in in_use
    ]
