"""What came of it. Data 2.4.5."""

from typing import Any

from ..statements import InvalidStatement
from .extensions import check_extensions
from .properties import Table, check_properties, within
from .values import check_boolean, check_duration, check_string


def check_result(value: Any, path: str) -> None:
    """Data 2.4.5 (XAPI-00074 to XAPI-00078)."""
    check_properties(value, path, _RESULT)


def check_score(value: Any, path: str) -> None:
    """Data 2.4.5.1: min, raw and max in this order, as far as they are given (XAPI-00079 to XAPI-00082).

    The specification wants min below max. Equal ones pass, as in the owner's requirements: tools send 0 of 0 points.
    """
    check_properties(value, path, _SCORE)
    low, raw, high = value.get("min"), value.get("raw"), value.get("max")
    if low is not None and high is not None and low > high:
        raise InvalidStatement(within(path, "min"), "Write a min that is not above max.")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise InvalidStatement(within(path, "raw"), "Write a number from min to max.")


def _check_number(value: Any, path: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):  # in Python, True is a number
        raise InvalidStatement(path, "Write a number, without quotation marks.")


def _check_scaled(value: Any, path: str) -> None:
    """Data 2.4.5.1: from -1 to 1 (XAPI-00083)."""
    _check_number(value, path)
    if not -1 <= value <= 1:
        raise InvalidStatement(path, "Write a number from -1 to 1.")


_SCORE: Table = {"scaled": _check_scaled, "raw": _check_number, "min": _check_number, "max": _check_number}
_RESULT: Table = {
    "score": check_score,
    "success": check_boolean,
    "completion": check_boolean,
    "response": check_string,
    "duration": check_duration,
    "extensions": check_extensions,
}
