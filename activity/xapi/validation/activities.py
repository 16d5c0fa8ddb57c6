"""Activities, their definitions, and interactions. Data 2.4.4.1."""

from typing import Any

from ..statements import InvalidStatement
from .extensions import check_extensions
from .languages import check_language_map
from .properties import Table, array_of, check_each, check_properties, exactly, within
from .values import check_iri, check_string

COMPONENTS = {  # Data 2.4.4.1: the lists that an interaction of this type may have
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
_LISTS = ("choices", "scale", "source", "target", "steps")


def check_activity(value: Any, path: str) -> None:
    """Data 2.4.4.1: known by its IRI (XAPI-00047)."""
    check_properties(value, path, _ACTIVITY, required=("id",))


def check_definition(value: Any, path: str) -> None:
    """Data 2.4.4.1: what an activity is called and is about (XAPI-00048), and what it asks if it is a question."""
    check_properties(value, path, _DEFINITION)
    interaction = value.get("interactionType")
    if interaction is None and "correctResponsesPattern" in value:  # XAPI-00064
        raise InvalidStatement(within(path, "interactionType"), "Add this property: correctResponsesPattern needs it.")
    for name in _LISTS:
        if name in value:
            _check_list_of_interaction(name, interaction, path)


def _check_list_of_interaction(name: str, interaction: str | None, path: str) -> None:
    if interaction is None:  # XAPI-00064
        raise InvalidStatement(within(path, "interactionType"), f"Add this property: {name} needs it.")
    if name not in COMPONENTS[interaction]:
        raise InvalidStatement(within(path, name), f"Leave this out: {interaction} has no {name}.")


def _check_interaction_type(value: Any, path: str) -> None:
    """Data 2.4.4.1: one of ten words, spelled so (XAPI-00049)."""
    if not isinstance(value, str) or value not in COMPONENTS:
        raise InvalidStatement(path, f"Write one of {', '.join(COMPONENTS)}.")


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
