"""What the addresses of these pages mean: which program or cohort, and behind whom a page of learners begins."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model

from learners.whole_numbers import whole_number

from .by_name import UnknownLearner

T = TypeVar("T")
Numbered = TypeVar("Numbered", bound=Model)


def chosen(choices: list[Numbered], text: str) -> Numbered | None:
    """The one that a query string names by its id; None when it names none of them."""
    number = whole_number(text)
    return next((one for one in choices if one.pk == number), None)


def first_page_if_gone(page: Callable[[str], T], after: str) -> T:
    """The page behind a learner; the first one when that learner is not there any more."""
    try:
        return page(after.replace("\0", ""))
    except UnknownLearner:
        return page("")


def query_of(**parameters: Any) -> str:
    given = {name: value for name, value in parameters.items() if value != ""}
    return f"?{urlencode(given)}" if given else ""
