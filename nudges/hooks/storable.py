"""What a provider told, without what no database keeps: NUL, and halves of a character, which are left where somebody
cut a text in the middle of an emoji. Pure."""

import re
from dataclasses import fields, replace
from typing import Any, TypeVar

from .inbound import Inbound
from .standing import Report

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

Told = TypeVar("Told", Report, Inbound)


def storable(told: Told) -> Told:
    values = {field.name: getattr(told, field.name) for field in fields(told)}
    cleaned: dict[str, Any] = {
        name: UNSTORABLE.sub("", value)
        for name, value in values.items()
        if isinstance(value, str) and UNSTORABLE.search(value)
    }
    return replace(told, **cleaned)
