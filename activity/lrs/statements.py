"""The statements resource: POST and PUT keep statements, GET finds them."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from django.core import signing

from .. import receiving
from ..store.definitions import definition_of
from ..store.incoming import Incoming, IncomingAttachment, StatementConflict
from ..store.reading import StatementQuery, find_statement, find_statements
from ..store.stored import StoredStatement, written_time
from ..xapi.formats import canonical, ids_only, with_arrays
from ..xapi.parsing import read_statements
from ..xapi.statements import InvalidStatement, ParsedStatement
from .answers import JSON, Answer, Refused, dump, json_answer, last_modified
from .attachments import match_attachments, parts_of
from .calls import Call
from .connections import again_if_lost, trust_connection
from .consistency import consistent_through
from .exact import exact_text
from .languages import read_languages
from .multipart import MIXED, Part, is_multipart, read_parts, write_parts
from .parameters import read_agent, read_choice, read_flag, read_iri, read_moment, read_number, read_uuid

PAGE = 100  # statements in an answer, at most
FORMATS = ("exact", "ids", "canonical")
SINGLE = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
MANY = frozenset(
    {
        "agent",
        "verb",
        "activity",
        "registration",
        "related_activities",
        "related_agents",
        "since",
        "until",
        "limit",
        "ascending",
    }
)
THROUGH_KEPT_SECONDS = 5.0

_last_through = (0.0, "")
_signer = signing.Signer(salt="activity.lrs.more")


def answer(call: Call) -> Answer:
    reads = call.method in {"GET", "HEAD"}
    through = _through() if reads else _lately_through()
    consistency = {"X-Experience-API-Consistent-Through": through}
    try:
        found = _get(call) if reads else _post(call) if call.method == "POST" else _put(call)
    except Refused as refused:
        refused.headers = {**refused.headers, **consistency}
        raise
    return replace(found, headers={**found.headers, **consistency})


def _through() -> str:
    """Asked before we read: what is stored meanwhile is found, or is later."""
    global _last_through
    through = written_time(consistent_through())
    _last_through = (time.monotonic(), through)
    return through


def _lately_through() -> str:
    """With a write any time that once held will do, as it holds for ever; a query for each would cost more."""
    asked, through = _last_through
    return through if through and time.monotonic() - asked < THROUGH_KEPT_SECONDS else _through()


def _post(call: Call) -> Answer:
    call.allow(frozenset())
    parsed, attachments = _read_statements(call)
    incoming = receiving.prepare(parsed, version=call.version, key=call.key)
    _receive(incoming, attachments)
    return json_answer([str(one.id) for one in incoming])


def _put(call: Call) -> Answer:
    call.allow(frozenset({"statementId"}))
    call.need("statementId")
    statement_id = read_uuid(call.parameters, "statementId")
    parsed, attachments = _read_statements(call)
    if len(parsed) != 1 or not parsed[0].raw.startswith("{") or call.body.lstrip()[:1] == b"[":
        raise Refused(400, "PUT takes one statement, not an array.")
    one = parsed[0]
    if "id" in one.statement:
        if one.statement["id"].lower() != statement_id:
            raise Refused(400, "The statement has another id than the parameter statementId.", path="id")
    else:
        one = replace(one, statement={**one.statement, "id": statement_id})
    _receive(receiving.prepare([one], version=call.version, key=call.key), attachments)
    return Answer(204)


def _read_statements(call: Call) -> tuple[list[ParsedStatement], list[IncomingAttachment]]:
    parts: list[Part] = []
    if call.content_type == JSON:
        body = call.body
    elif is_multipart(call.headers.get("content-type", ""), call.body):
        body, parts = read_parts(call.headers["content-type"], call.body)
    else:
        raise Refused(400, f"Send statements as Content-Type {JSON}, or {MIXED} with attachments.", path="Content-Type")
    try:
        parsed = read_statements(body, version=call.version)
    except InvalidStatement as error:
        raise Refused(400, error.message, path=error.path) from error
    return parsed, match_attachments(parsed, parts, version=call.version)


def _receive(incoming: Sequence[Incoming], attachments: Sequence[IncomingAttachment]) -> None:
    """Twice if need be: what was stored before the connection fell is there with the same ids."""
    trust_connection()
    try:
        again_if_lost(lambda: receiving.receive(incoming, attachments=attachments))
    except StatementConflict as error:
        ids = ", ".join(str(one) for one in error.ids)
        raise Refused(409, f"Another statement is stored with this id: {ids}. None of these was stored.") from error


def _get(call: Call) -> Answer:
    parameters = dict(call.parameters)
    after = None
    if "more" in parameters:
        call.allow(frozenset({"more"}))
        parameters, after = _continued(parameters["more"])
    else:
        call.allow(SINGLE | MANY)
    if "statementId" in parameters or "voidedStatementId" in parameters:
        return _get_one(call, parameters)
    return _get_page(call, parameters, after)


def _get_one(call: Call, parameters: Mapping[str, str]) -> Answer:
    others = sorted(set(parameters) & MANY)
    if others or {"statementId", "voidedStatementId"} <= set(parameters):
        wrong = others[0] if others else "voidedStatementId"
        message = "A single statement is found by its id alone: beside it only format and attachments."
        raise Refused(400, message, path=wrong)
    style = read_choice(parameters, "format", FORMATS)
    with_attachments = read_flag(parameters, "attachments")
    name = "statementId" if "statementId" in parameters else "voidedStatementId"
    found = find_statement(read_uuid(parameters, name), voided=name == "voidedStatementId")
    if found is None:
        raise Refused(404, "There is no such statement.")
    content = _formatted([found], style, call)[0].encode()
    return _with_attachments(content, [found], with_attachments, last_modified(found.stored))


def _get_page(call: Call, parameters: Mapping[str, str], after: int | None) -> Answer:
    query = _read_query(parameters)
    style = read_choice(parameters, "format", FORMATS)
    with_attachments = read_flag(parameters, "attachments")
    page = find_statements(query, after=after)
    more = ""
    if page.more_after is not None:
        token = _signer.sign_object({"after": page.more_after, "parameters": dict(parameters)}, compress=True)
        more = f"{call.path}?more={token}"
    listed = ",".join(_formatted(page.statements, style, call))
    content = f'{{"statements":[{listed}],"more":{json.dumps(more)}}}'.encode()
    newest = max((one.stored for one in page.statements), default=None)
    headers = last_modified(newest) if newest else {}
    return _with_attachments(content, page.statements, with_attachments, headers)


def _read_query(parameters: Mapping[str, str]) -> StatementQuery:
    limit = read_number(parameters, "limit")
    return StatementQuery(
        agent=read_agent(parameters) if "agent" in parameters else None,
        verb=read_iri(parameters, "verb") if "verb" in parameters else None,
        activity=read_iri(parameters, "activity") if "activity" in parameters else None,
        registration=read_uuid(parameters, "registration") if "registration" in parameters else None,
        related_activities=read_flag(parameters, "related_activities"),
        related_agents=read_flag(parameters, "related_agents"),
        since=read_moment(parameters, "since"),
        until=read_moment(parameters, "until"),
        limit=min(limit, PAGE) or PAGE,
        ascending=read_flag(parameters, "ascending"),
    )


def _continued(token: str) -> tuple[dict[str, str], int]:
    """The parameters of the first page, and the position after which the next begins."""
    try:
        found = _signer.unsign_object(token)
    except signing.BadSignature as error:
        raise Refused(400, "This is no address that we gave as `more`.", path="more") from error
    return found["parameters"], found["after"]


def _formatted(found: Sequence[StoredStatement], style: str, call: Call) -> list[str]:
    """The JSON of each."""
    if style == "exact":
        return [exact_text(one) for one in found]
    statements = [with_arrays(one.exact()) for one in found]
    if style == "ids":
        shown = [ids_only(one) for one in statements]
    else:
        languages = read_languages(call.headers.get("accept-language", ""))
        known = cache(definition_of)  # a page of statements is about few activities
        shown = [canonical(one, languages, known) for one in statements]
    return [dump(one).decode() for one in shown]


def _with_attachments(
    content: bytes, found: Sequence[StoredStatement], with_attachments: bool, headers: Mapping[str, str]
) -> Answer:
    if not with_attachments:
        return Answer(200, content, JSON, headers)
    content_type, body = write_parts(content, parts_of(one.exact() for one in found))
    return Answer(200, body, content_type, headers)
