"""Agents and groups. Data 2.4.2."""

from typing import Any

from ..statements import InvalidStatement
from .properties import Table, check_each, check_properties, exactly, within
from .values import check_iri, check_mailbox, check_sha1, check_string


def check_account(value: Any, path: str) -> None:
    """Data 2.4.2.4: whose system it is, and the name there (XAPI-00042, XAPI-00043)."""
    check_properties(value, path, _ACCOUNT, required=_ACCOUNT)


def check_agent(value: Any, path: str) -> None:
    """Data 2.4.2.1: a person or system, by exactly one identifier (XAPI-00032)."""
    check_properties(value, path, _AGENT)
    if _count_identifiers(value) != 1:
        raise InvalidStatement(path, "Identify the agent by exactly one of mbox, mbox_sha1sum, openid and account.")


def check_group(value: Any, path: str) -> None:
    """Data 2.4.2.2: identified as an agent is, or anonymous and then with its members (XAPI-00035, XAPI-00037)."""
    check_properties(value, path, _GROUP, required=("objectType",))
    identifiers = _count_identifiers(value)
    if identifiers > 1:
        raise InvalidStatement(path, "Identify the group by only one of mbox, mbox_sha1sum, openid and account.")
    if not identifiers and not value.get("member"):
        raise InvalidStatement(within(path, "member"), "Name the members of a group that has no identifier.")


def check_actor(value: Any, path: str) -> None:
    """An agent, or a group where it says so."""
    if isinstance(value, dict) and value.get("objectType") == "Group":
        check_group(value, path)
    else:
        check_agent(value, path)


def check_authority(value: Any, path: str) -> None:
    """Data 2.4.9: an agent, or an anonymous group of exactly two: the application and its user (XAPI-00098)."""
    check_actor(value, path)
    if value.get("objectType") == "Group" and (_count_identifiers(value) or len(value["member"]) != 2):
        raise InvalidStatement(path, "Write an agent, or a group of exactly two agents without an identifier.")


def _check_members(value: Any, path: str) -> None:
    """Data 2.4.2.2: agents, and no groups in a group (XAPI-00036)."""
    check_each(value, path, check_agent)


def _count_identifiers(actor: dict[str, Any]) -> int:
    return ("mbox" in actor) + ("account" in actor) + ("mbox_sha1sum" in actor) + ("openid" in actor)


_ACCOUNT: Table = {"homePage": check_iri, "name": check_string}
_IDENTIFIED: Table = {
    "name": check_string,
    "mbox": check_mailbox,
    "mbox_sha1sum": check_sha1,
    "openid": check_iri,
    "account": check_account,
}
_AGENT: Table = {"objectType": exactly("Agent"), **_IDENTIFIED}
_GROUP: Table = {"objectType": exactly("Group"), **_IDENTIFIED, "member": _check_members}
