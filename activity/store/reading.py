"""Finding statements again: by id, or by what they are about, newest or oldest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from ..models import AccessKey
from ..xapi.identity import identifier_of
from . import keys
from .positions import first_position_after
from .stored import COLUMNS, StoredStatement, from_rows

# A voided statement is one that another voids, unless it is itself one that voids: these can't be voided.
# Conditions are values of subqueries, not EXISTS: PostgreSQL would gather all rows that exist before it looks at one.
NOT_VOIDED = """(
    (SELECT 1 FROM activity_statementreference v WHERE v.target = s.statement_id AND v.voids LIMIT 1) IS NULL
    OR (SELECT 1 FROM activity_statementreference v WHERE v.position = s.position AND v.voids LIMIT 1) IS NOT NULL)"""
KEY = "(SELECT 1 FROM activity_statementkey o WHERE o.key = %s AND o.position = {table}.position)"

# A page is read along the indexes until it is full. PostgreSQL's guesses of how often a key occurs are far off, and by
# them it would rather collect and sort what may be all statements; so it is told not to, for this one command.
ALONG_INDEXES = "".join(
    f"SET LOCAL {name}; "
    for name in (
        "enable_bitmapscan = off",
        "enable_hashjoin = off",
        "enable_mergejoin = off",
        "enable_seqscan = off",
        "enable_sort = off",
        "max_parallel_workers_per_gather = 0",
        "jit = off",
    )
)
RARE = 200  # a key that occurs no more than so often is known to be rare


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


class Source(NamedTuple):
    """Of a SELECT: its FROM, the table there that has the positions, and its conditions."""

    tables: str
    ordered: str
    where: list[str]
    params: list[Any]


def find_statement(id: UUID | str, *, voided: bool = False) -> StoredStatement | None:  # noqa: A002
    """The statement with this id, if it is voided or not, as asked for."""
    statement_id = id if isinstance(id, UUID) else UUID(id)
    wanted = f"NOT {NOT_VOIDED}" if voided else NOT_VOIDED
    rows = _rows(
        f"SELECT {COLUMNS} FROM activity_statement s WHERE s.statement_id = %s AND {wanted}",
        [statement_id if connection.features.has_native_uuid_field else statement_id.hex],
    )
    return next(iter(from_rows(rows)), None)


def find_statements(query: StatementQuery, *, after: int | None = None) -> StatementPage:
    """A page of those that are not voided, by the time when they were stored."""
    conditions = _rarest_first(_conditions(query))
    walked, others = conditions[0] if conditions else None, conditions[1:]
    direction = "ASC" if query.ascending else "DESC"
    parts, params = [], []
    for source in _sources(walked):
        limits = [_range(query, after, source.ordered), *[_met(condition, source.ordered) for condition in others]]
        where = [*source.where, *[text for text, _ in limits], NOT_VOIDED]
        parts.append(
            f"SELECT {COLUMNS} FROM {source.tables} WHERE {' AND '.join(where)} "
            f"ORDER BY {source.ordered}.position {direction} LIMIT %s"
        )
        params += [*source.params, *[value for _, values in limits for value in values], query.limit + 1]
    text = parts[0]
    if len(parts) > 1:
        parts = [f"SELECT * FROM ({part}) AS part" for part in parts]
        text = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS whole ORDER BY position {direction} LIMIT %s"
        params.append(query.limit + 1)
    rows = _rows_along_indexes(text, params)
    statements = from_rows(rows[: query.limit])
    return StatementPage(statements, statements[-1].position if len(rows) > query.limit else None)


def _rarest_first(conditions: list[Condition]) -> list[Condition]:
    """The first one is walked along, the others are looked up for each of its statements.

    Of those that are not rare, what was sent with an access key comes last: often that is all there is.
    """
    if len(conditions) < 2:
        return conditions
    counts: list[str] = []
    params: list[int] = []
    for condition in conditions:
        of_each = [f"(SELECT count(*) FROM (SELECT 1 FROM activity_statementkey WHERE key = %s LIMIT {RARE}) AS found)"]
        sent = f"(SELECT count(*) FROM (SELECT 1 FROM activity_statement WHERE key_id = %s LIMIT {RARE}) AS found)"
        counts.append(" + ".join(of_each * len(condition.keys) + [sent] * (condition.sent_with is not None)))
        params += condition.keys
        if condition.sent_with is not None:
            params.append(condition.sent_with)
    [found] = _rows_along_indexes(f"SELECT {', '.join(counts)}", params)
    often = {
        one: RARE + (one.sent_with is not None) if count >= RARE else count
        for one, count in zip(conditions, found, strict=True)
    }
    return sorted(conditions, key=often.__getitem__)


def _conditions(query: StatementQuery) -> list[Condition]:
    """In the order in which, of two that are not rare, the one that fewer statements meet is likely to come first."""
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


def _range(query: StatementQuery, after: int | None, table: str) -> tuple[str, list[Any]]:
    where, params = ["true"], []
    if query.since is not None:
        where.append(f"{table}.position >= %s")
        params.append(first_position_after(query.since))
    if query.until is not None:
        where.append(f"{table}.position < %s")
        params.append(first_position_after(query.until))
    if after is not None:
        where.append(f"{table}.position {'>' if query.ascending else '<'} %s")
        params.append(after)
    return " AND ".join(where), params


def _sources(condition: Condition | None) -> Iterator[Source]:
    """Where statements that meet the condition are found in the order of their positions, each in one of these only."""
    if condition is None:
        yield Source("activity_statement s", "s", [], [])
        return
    for number, key in enumerate(condition.keys):
        others = condition.keys[:number]
        yield Source(
            "activity_statementkey k JOIN activity_statement s ON s.position = k.position",
            "k",
            ["k.key = %s", *[f"{KEY.format(table='k')} IS NULL"] * len(others)],
            [key, *others],
        )
    if condition.sent_with is not None:
        none = [f"{KEY.format(table='s')} IS NULL"] * len(condition.keys)
        yield Source("activity_statement s", "s", ["s.key_id = %s", *none], [condition.sent_with, *condition.keys])


def _met(condition: Condition, table: str) -> tuple[str, list[Any]]:
    """That the statement at the position in this table meets the condition."""
    parts = [f"{KEY.format(table=table)} IS NOT NULL"] * len(condition.keys)
    params = list(condition.keys)
    if condition.sent_with is not None:
        parts.append("s.key_id = %s")
        params.append(condition.sent_with)
    return f"({' OR '.join(parts)})", params


def _rows(text: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def _rows_along_indexes(text: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Several commands in one text are a transaction, with which the settings end; in a longer one they would not."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return _rows(text, params)
    with connection.cursor() as cursor:
        cursor.execute(ALONG_INDEXES + text, params)
        while cursor.nextset():
            pass
        return cursor.fetchall()
