"""The forms in which statements are given back (Data 2.5, Communication 2.1.3). What is passed in is never changed."""

from collections.abc import Callable, Sequence
from typing import Any

from .contexts import context_activities
from .languages import in_one_language

DefinitionOf = Callable[[str], dict[str, Any] | None]
Change = Callable[[dict[str, Any]], dict[str, Any]]

_IDENTIFYING = ("objectType", "mbox", "mbox_sha1sum", "openid", "account")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def with_arrays(statement: dict[str, Any]) -> dict[str, Any]:
    """Data 2.4.6.2: a context activity that was sent alone is given back in an array, in whatever format."""
    changed = dict(statement)
    if "contextActivities" in statement.get("context", ()):
        context = statement["context"]
        changed["context"] = {**context, "contextActivities": context_activities(context)}
    if statement["object"].get("objectType") == "SubStatement":
        changed["object"] = with_arrays(statement["object"])
    return changed


def ids_only(statement: dict[str, Any]) -> dict[str, Any]:
    """Format "ids": of agents, groups, activities and verbs no more than tells which they are."""
    return _changed(statement, actor=_identity, verb=_id_alone, activity=_id_alone)


def canonical(statement: dict[str, Any], languages: Sequence[str], definition_of: DefinitionOf) -> dict[str, Any]:
    """Format "canonical": activities as `definition_of` their id defines them, each language map in one language.

    `languages` are tags, the best first. An activity that has no such definition keeps what the statement says.
    """

    def verb_in_words(verb: dict[str, Any]) -> dict[str, Any]:
        return {**verb, "display": in_one_language(verb["display"], languages)} if "display" in verb else verb

    def defined(activity: dict[str, Any]) -> dict[str, Any]:
        definition = definition_of(activity["id"]) or activity.get("definition")
        return activity if definition is None else {**activity, "definition": _reduced(definition, languages)}

    return _changed(statement, actor=lambda actor: actor, verb=verb_in_words, activity=defined)


def _changed(statement: dict[str, Any], *, actor: Change, verb: Change, activity: Change) -> dict[str, Any]:
    """The statement with every actor, verb and activity in it changed, those of its sub-statement and context too."""
    changed = {**statement, "actor": actor(statement["actor"]), "verb": verb(statement["verb"])}
    if "authority" in statement:
        changed["authority"] = actor(statement["authority"])
    if "context" in statement:
        changed["context"] = _changed_context(statement["context"], actor=actor, activity=activity)
    kind = statement["object"].get("objectType", "Activity")
    if kind == "Activity":
        changed["object"] = activity(statement["object"])
    elif kind in ("Agent", "Group"):
        changed["object"] = actor(statement["object"])
    elif kind == "SubStatement":
        changed["object"] = _changed(statement["object"], actor=actor, verb=verb, activity=activity)
    return changed


def _changed_context(context: dict[str, Any], *, actor: Change, activity: Change) -> dict[str, Any]:
    changed = dict(context)
    for name in ("instructor", "team"):
        if name in context:
            changed[name] = actor(context[name])
    for name, inside in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in context:
            changed[name] = [{**one, inside: actor(one[inside])} for one in context[name]]
    if "contextActivities" in context:
        changed["contextActivities"] = {
            kind: activity(value) if isinstance(value, dict) else [activity(one) for one in value]
            for kind, value in context["contextActivities"].items()
        }
    return changed


def _identity(actor: dict[str, Any]) -> dict[str, Any]:
    """An anonymous group is known by its members alone, so these stay, each as little as can be."""
    identity = {name: actor[name] for name in _IDENTIFYING if name in actor}
    if identity.keys() <= {"objectType"}:
        identity["member"] = [_identity(member) for member in actor["member"]]
    return identity


def _id_alone(value: dict[str, Any]) -> dict[str, Any]:
    return {"id": value["id"]}


def _reduced(definition: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    reduced = dict(definition)
    for name in ("name", "description"):
        if name in definition:
            reduced[name] = in_one_language(definition[name], languages)
    for name in _COMPONENTS:
        if name in definition:
            reduced[name] = [
                {**one, "description": in_one_language(one["description"], languages)} if "description" in one else one
                for one in definition[name]
            ]
    return reduced
