"""Statements that point at other statements. Data 2.4.4.3."""

from typing import Any

from .properties import Table, check_properties, exactly
from .values import check_uuid


def check_reference(value: Any, path: str) -> None:
    """Data 2.4.4.3: says that it is one, and the id of the other (XAPI-00072, XAPI-00073)."""
    check_properties(value, path, _REFERENCE, required=_REFERENCE)


_REFERENCE: Table = {"objectType": exactly("StatementRef"), "id": check_uuid}
