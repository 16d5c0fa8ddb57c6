"""Finding statements again: by id, or by what they are about, newest or oldest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from ..models import AccessKey
from ..xapi.identity import identifier_of
from . import keys
from .positions import first_position_after
from .stored import COLUMNS, StoredStatement, from_rows

# A voided statement is one that another voids, unless it is itself one that voids: these can't be voided.
VOIDED = """EXISTS (SELECT 1 FROM activity_statementreference v WHERE v.target = s.statement_id AND v.voids)
    AND NOT EXISTS (SELECT 1 FROM activity_statementreference v WHERE v.position = s.position AND v.voids)"""


@dataclass(frozen=True, kw_only=True)
class StatementQuery:
    """Which statements are wanted. `agent` has an identifier. Stored after `since`, and until `until`."""

    limit: int
    agent: dict[str, Any] | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    related_activities: bool = False
    related_agents: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False


@dataclass(frozen=True)
class StatementPage:
    """`more_after` is what find_statements() takes as `after` for the next page; None when this is the last."""

    statements: Sequence[StoredStatement]
    more_after: int | None


@dataclass(frozen=True)
class Condition:
    """A filter: rows with any of these keys, or (as the authority) sent with this access key."""

    keys: tuple[int, ...]
    sent_with: int | None = None


def find_statement(id: UUID | str, *, voided: bool = False) -> StoredStatement | None:  # noqa: A002
    """The statement with this id, if it is voided or not, as asked for."""
    statement_id = id if isinstance(id, UUID) else UUID(id)
    wanted = VOIDED if voided else f"NOT ({VOIDED})"
    rows = _rows(
        f"SELECT {COLUMNS} FROM activity_statement s WHERE s.statement_id = %s AND {wanted}",
        [statement_id if connection.features.has_native_uuid_field else statement_id.hex],
    )
    return next(iter(from_rows(rows)), None)


def statements_at(positions: Sequence[int]) -> list[StoredStatement]:
    """The statements at these positions, voided or not, in the order in which they were stored."""
    if not positions:
        return []
    marks = ", ".join(["%s"] * len(positions))
    return from_rows(
        _rows(f"SELECT {COLUMNS} FROM activity_statement s WHERE position IN ({marks}) ORDER BY position", positions)
    )


def find_statements(query: StatementQuery, *, after: int | None = None) -> StatementPage:
    """A page of those that are not voided, by the time when they were stored."""
    conditions = _conditions(query)
    where, params = _range(query, after)
    if conditions:
        source, source_params = _source(conditions[0], where, params)
        where, params = ["true"], []
    else:
        source, source_params = "activity_statement", []
    for condition in conditions[1:]:
        text, more = _meets(condition)
        where.append(text)
        params += more
    direction = "ASC" if query.ascending else "DESC"
    rows = _rows(
        f"""SELECT {COLUMNS} FROM {source} AS k JOIN activity_statement s ON s.position = k.position
        WHERE {" AND ".join(where)} AND NOT ({VOIDED})
        ORDER BY k.position {direction} LIMIT %s""",
        [*source_params, *params, query.limit + 1],
    )
    statements = from_rows(rows[: query.limit])
    return StatementPage(statements, statements[-1].position if len(rows) > query.limit else None)


def _conditions(query: StatementQuery) -> list[Condition]:
    """The one that the fewest statements are likely to meet comes first."""
    conditions = []
    if query.registration is not None:
        conditions.append(Condition((keys.registration_key(query.registration),)))
    if query.agent is not None:
        conditions.append(_about_agent(query.agent, related=query.related_agents))
    if query.activity is not None:
        wanted = [keys.activity_key(query.activity)]
        if query.related_activities:
            wanted.append(keys.related_activity_key(query.activity))
        conditions.append(Condition(tuple(wanted)))
    if query.verb is not None:
        conditions.append(Condition((keys.verb_key(query.verb),)))
    return conditions


def _about_agent(agent: dict[str, Any], *, related: bool) -> Condition:
    identifier = identifier_of(agent)
    if identifier is None:
        raise ValueError("an agent without an identifier finds nothing")
    if not related:
        return Condition((keys.agent_key(identifier),))
    return Condition((keys.agent_key(identifier), keys.related_agent_key(identifier)), _access_key_of(agent))


def _access_key_of(agent: dict[str, Any]) -> int | None:
    """The access key that this agent is (see stored.authority_of)."""
    account = agent.get("account", {})
    if account.get("homePage") != settings.SITE_URL:
        return None
    return AccessKey.objects.filter(username=account["name"]).values_list("pk", flat=True).first()


def _range(query: StatementQuery, after: int | None) -> tuple[list[str], list[Any]]:
    """On k.position."""
    where, params = ["true"], []
    if query.since is not None:
        where.append("k.position >= %s")
        params.append(first_position_after(query.since))
    if query.until is not None:
        where.append("k.position < %s")
        params.append(first_position_after(query.until))
    if after is not None:
        where.append(f"k.position {'>' if query.ascending else '<'} %s")
        params.append(after)
    return where, params


def _source(condition: Condition, where: list[str], params: list[Any]) -> tuple[str, list[Any]]:
    """Positions that meet the condition within the range, each once, from indexes that have them in order."""
    parts, all_params = [], []
    limits = " AND ".join(where)
    for number, key in enumerate(condition.keys):
        parts.append(
            f"SELECT k.position FROM activity_statementkey k WHERE k.key = %s AND {limits}"
            + "".join(f" AND NOT {HAS_KEY}" for _ in range(number))
        )
        all_params += [key, *params, *condition.keys[:number]]
    if condition.sent_with is not None:
        parts.append(
            f"SELECT k.position FROM activity_statement k WHERE k.key_id = %s AND {limits}"
            + "".join(f" AND NOT {HAS_KEY}" for _ in condition.keys)
        )
        all_params += [condition.sent_with, *params, *condition.keys]
    return f"({' UNION ALL '.join(parts)})", all_params


HAS_KEY = "EXISTS (SELECT 1 FROM activity_statementkey o WHERE o.key = %s AND o.position = k.position)"


def _meets(condition: Condition) -> tuple[str, list[Any]]:
    parts, params = [HAS_KEY] * len(condition.keys), list(condition.keys)
    if condition.sent_with is not None:
        parts.append("s.key_id = %s")
        params.append(condition.sent_with)
    return f"({' OR '.join(parts)})", params


def _rows(text: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()
