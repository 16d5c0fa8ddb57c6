"""A Person: what is known of an agent, with an array for each property."""

from typing import Any

from .answers import Answer, json_answer
from .calls import Call
from .parameters import read_agent

PROPERTIES = ("name", "mbox", "mbox_sha1sum", "openid", "account")


def answer(call: Call) -> Answer:
    call.allow(frozenset({"agent"}))
    call.need("agent")
    return json_answer(person(read_agent(call.parameters)))


def person(agent: dict[str, Any]) -> dict[str, Any]:
    """We put no two identifiers together here: whom they belong to is for our own eyes."""
    return {"objectType": "Person", **{name: [agent[name]] for name in PROPERTIES if name in agent}}
