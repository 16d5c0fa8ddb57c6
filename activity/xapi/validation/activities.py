"""Activities, their definitions, and interactions. Data 2.4.4.1."""

from typing import Any

from ..statements import InvalidStatement
from .extensions import check_extensions
from .languages import check_language_map
from .properties import Table, array_of, check_each, check_properties, exactly, within
from .values import check_iri, check_string

INTERACTION_TYPES = (
    *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert"),
    *("numeric", "other"),
)
_LISTS = ("choices", "scale", "source", "target", "steps")


def check_activity(value: Any, path: str) -> None:
    """Data 2.4.4.1: known by its IRI (XAPI-00047)."""
    check_properties(value, path, _ACTIVITY, required=("id",))


def check_definition(value: Any, path: str) -> None:
    """Data 2.4.4.1: what an activity is called and is about (XAPI-00048), and what it asks if it is a question."""
    check_properties(value, path, _DEFINITION)
    if "interactionType" not in value:
        for name in ("correctResponsesPattern", *_LISTS):
            if name in value:  # XAPI-00064
                raise InvalidStatement(within(path, "interactionType"), f"Add this property: {name} needs it.")


def _check_interaction_type(value: Any, path: str) -> None:
    """Data 2.4.4.1: one of ten words, spelled so (XAPI-00049)."""
    if not isinstance(value, str) or value not in INTERACTION_TYPES:
        raise InvalidStatement(path, f"Write one of {', '.join(INTERACTION_TYPES)}.")


def _check_components(value: Any, path: str) -> None:
    """Data 2.4.4.1: each with an id of its own in its list."""
    check_each(value, path, _check_component)
    ids = [component["id"] for component in value]
    if len(set(ids)) != len(ids):
        raise InvalidStatement(path, "Give each component an id of its own.")


def _check_component(value: Any, path: str) -> None:
    check_properties(value, path, _COMPONENT, required=("id",))


_COMPONENT: Table = {"id": check_string, "description": check_language_map}
_DEFINITION: Table = {
    "name": check_language_map,
    "description": check_language_map,
    "type": check_iri,
    "moreInfo": check_iri,
    "extensions": check_extensions,
    "interactionType": _check_interaction_type,
    "correctResponsesPattern": array_of(check_string),
    **dict.fromkeys(_LISTS, _check_components),
}
_ACTIVITY: Table = {"objectType": exactly("Activity"), "id": check_iri, "definition": check_definition}
