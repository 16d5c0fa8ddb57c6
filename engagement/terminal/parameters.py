"""What may be filled into a query: each kind reads text from an address, and nothing else reaches the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activity.store.positions import first_position_at
from learners.whole_numbers import whole_number

LONGEST_TEXT = 200


class BadParameter(Exception):  # noqa: N818  (named for what it is, like Http404)
    """A value that a query does not take. The message names the parameter, and says what it takes."""


@dataclass(frozen=True)
class Number:
    """A whole number between two others."""

    name: str
    title: str | Promise
    default: str
    least: int = 1
    most: int = 1000

    input_type = "number"

    def read(self, text: str, *, now: datetime) -> Mapping[str, Any]:
        number = whole_number(text.strip())
        if number is None or not self.least <= number <= self.most:
            raise BadParameter(
                _("%(name)s: give a whole number from %(least)d to %(most)d.")
                % {"name": self.name, "least": self.least, "most": self.most}
            )
        return {self.name: number}


@dataclass(frozen=True)
class Days(Number):
    """So many days back. The query gets `since`, that moment, and `since_position`, its place among statements."""

    most: int = 366

    def read(self, text: str, *, now: datetime) -> Mapping[str, Any]:
        since = now - timedelta(days=super().read(text, now=now)[self.name])
        return {"since": since, "since_position": first_position_at(since)}


@dataclass(frozen=True)
class Text:
    """Any text, looked for as it stands."""

    name: str
    title: str | Promise
    default: str = ""

    input_type = "text"

    def read(self, text: str, *, now: datetime) -> Mapping[str, Any]:
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise BadParameter(
                _("%(name)s: give at most %(most)d characters.") % {"name": self.name, "most": LONGEST_TEXT}
            )
        return {self.name: text.strip()}


Parameter = Number | Text
