"""Parameters of a call as values. Each raises Refused with 400 and the parameter's name."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..xapi.identity import identifier_of
from ..xapi.parsing import read_json
from ..xapi.statements import InvalidStatement
from ..xapi.times import read_timestamp
from ..xapi.validation import check_actor, check_iri, check_timestamp, check_uuid
from .answers import Refused

_NUMBER = re.compile(r"[0-9]{1,9}")


def read_agent(parameters: Mapping[str, str], name: str = "agent") -> dict[str, Any]:
    """An Agent or an Identified Group, as JSON."""
    try:
        agent = read_json(parameters[name])
        if not isinstance(agent, dict):
            raise Refused(400, "Send an Agent or an Identified Group, as a JSON object.", path=name)
        check_actor(agent, name)
    except InvalidStatement as error:
        raise Refused(400, error.message, path=error.path or name) from error
    if identifier_of(agent) is None:
        raise Refused(400, "A Group needs an identifier to be found by.", path=name)
    return agent


def read_iri(parameters: Mapping[str, str], name: str) -> str:
    try:
        check_iri(parameters[name], name)
    except InvalidStatement as error:
        raise Refused(400, error.message, path=name) from error
    return parameters[name]


def read_uuid(parameters: Mapping[str, str], name: str) -> str:
    try:
        check_uuid(parameters[name], name)
    except InvalidStatement as error:
        raise Refused(400, error.message, path=name) from error
    return parameters[name].lower()


def read_moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    if name not in parameters:
        return None
    try:
        check_timestamp(parameters[name], name)
    except InvalidStatement as error:
        raise Refused(400, error.message, path=name) from error
    return read_timestamp(parameters[name])


def read_flag(parameters: Mapping[str, str], name: str) -> bool:
    """In any case: a common client of Python's writes True."""
    value = parameters.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise Refused(400, "Send true or false.", path=name)
    return value == "true"


def read_choice(parameters: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The first choice when the parameter is missing."""
    value = parameters.get(name, choices[0])
    if value not in choices:
        raise Refused(400, f"Send one of: {', '.join(choices)}.", path=name)
    return value


def read_number(parameters: Mapping[str, str], name: str) -> int:
    value = parameters.get(name, "0")
    if not _NUMBER.fullmatch(value):
        raise Refused(400, "Send a whole number, not negative.", path=name)
    return int(value)
