"""Extensions: what the specification leaves to others."""

from typing import Any

from ..statements import InvalidStatement
from .values import IRI_WANTED, is_iri


def check_extensions(value: Any, path: str) -> None:
    """Data 4.1: the keys are IRIs (XAPI-00118); any value will do, null and the empty object too (XAPI-00119)."""
    if not isinstance(value, dict):
        raise InvalidStatement(path, "Write an object whose keys are IRIs.")
    for name in value:
        if not is_iri(name):
            raise InvalidStatement(f'{path}["{name[:100]}"]', IRI_WANTED)
