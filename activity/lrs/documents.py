"""The three document resources: states of activities, profiles of agents, profiles of activities."""

from dataclasses import dataclass

from ..models import Document
from ..store.documents import (
    Address,
    Shelf,
    delete_document,
    delete_documents,
    document_ids,
    find_document,
    write_document,
)
from ..xapi.identity import identifier_of
from ..xapi.parsing import read_json
from ..xapi.statements import InvalidStatement
from ..xapi.versions import Version
from .answers import JSON, Answer, Refused, dump, json_answer, last_modified
from .calls import Call
from .parameters import read_agent, read_iri, read_moment, read_uuid
from .preconditions import check_overwriting, check_preconditions

OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class DocumentResource:
    """How the three differ: what a document belongs to, and what names it."""

    kind: Document.Kind
    id_parameter: str
    has_activity: bool
    has_agent: bool
    has_registration: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        owners = {"activityId"} if self.has_activity else set()
        owners |= {"agent"} if self.has_agent else set()
        owners |= {"registration"} if self.has_registration else set()
        return frozenset({self.id_parameter, *owners})

    def answer(self, call: Call) -> Answer:
        call.allow(self.parameters | {"since"} if call.method in {"GET", "HEAD"} else self.parameters)
        shelf, registration = self._shelf(call)
        if self.id_parameter in call.parameters:
            address = Address(shelf, self._document_id(call), registration)
            return {"GET": _get, "HEAD": _get, "PUT": self._put, "POST": _post, "DELETE": _delete}[call.method](
                call, address
            )
        if call.method in {"GET", "HEAD"}:
            since = read_moment(call.parameters, "since")
            return json_answer(document_ids(shelf, registration=registration, since=since))
        if call.method == "DELETE" and self.kind == Document.Kind.STATE:
            delete_documents(shelf, registration=registration)
            return Answer(204)
        call.need(self.id_parameter)
        raise AssertionError  # `need` has refused

    def _shelf(self, call: Call) -> tuple[Shelf, str]:
        activity_id = agent = registration = ""
        if self.has_activity:
            call.need("activityId")
            activity_id = read_iri(call.parameters, "activityId")
        if self.has_agent:
            call.need("agent")
            agent = identifier_of(read_agent(call.parameters)) or ""
        if self.has_registration and "registration" in call.parameters:
            registration = read_uuid(call.parameters, "registration")
        return Shelf(self.kind, activity_id=activity_id, agent=agent), registration

    def _document_id(self, call: Call) -> str:
        if not call.parameters[self.id_parameter]:
            raise Refused(400, f"{self.id_parameter} is empty.", path=self.id_parameter)
        return call.parameters[self.id_parameter]

    def _put(self, call: Call, address: Address) -> Answer:
        def check(found: Document | None) -> None:
            etag = found.etag if found else None
            check_preconditions(call.headers, etag)
            # 1.0.3, 3.1: "The State Resource will permit PUT, POST and DELETE requests without concurrency headers"
            if not (self.kind == Document.Kind.STATE and call.version == Version.V1):
                check_overwriting(call.headers, etag)

        write_document(address, compose=lambda found: call.body, content_type=_content_type(call), check=check)
        return Answer(204)


def _get(call: Call, address: Address) -> Answer:
    document = find_document(address)
    if document is None:
        raise Refused(404, "There is no such document.")
    headers = {"ETag": f'"{document.etag}"', **last_modified(document.updated_at)}
    return Answer(200, bytes(document.content), document.content_type, headers)


def _post(call: Call, address: Address) -> Answer:
    """Merged into what is there, member by member; where nothing is, as a PUT (Communication 2.2)."""
    if call.content_type == JSON:
        _members(call.body, whose="The posted document", must_be_object=False)
    write_document(
        address,
        compose=lambda found: _merged(found, call) if found else call.body,
        content_type=_content_type(call),
        check=lambda found: check_preconditions(call.headers, found.etag if found else None),
    )
    return Answer(204)


def _delete(call: Call, address: Address) -> Answer:
    delete_document(address, check=lambda found: check_preconditions(call.headers, found.etag if found else None))
    return Answer(204)


def _merged(found: Document, call: Call) -> bytes:
    stored_type = found.content_type.partition(";")[0].strip().lower()
    if stored_type != JSON or call.content_type != JSON:
        raise Refused(400, f"Documents merge only when both are {JSON}: PUT replaces the one that is there.")
    stored = _members(bytes(found.content), whose="The document that is there", must_be_object=True)
    return dump({**stored, **_members(call.body, whose="The posted document", must_be_object=True)})


def _members(content: bytes, *, whose: str, must_be_object: bool) -> dict[str, object]:
    try:
        value = read_json(content)
    except InvalidStatement as error:
        raise Refused(400, f"{whose} is not JSON. {error.message}") from error
    if isinstance(value, dict):
        return value
    if must_be_object:
        raise Refused(400, f"{whose} is no JSON object: only objects merge.")
    return {}


def _content_type(call: Call) -> str:
    """As the tool wrote it, so that it gets back what it sent."""
    content_type = call.headers.get("content-type", OCTETS)
    if len(content_type) > 200 or not content_type.isprintable():
        raise Refused(400, "Content-Type is too long, or not text.", path="Content-Type")
    return content_type


STATES = DocumentResource(Document.Kind.STATE, "stateId", has_activity=True, has_agent=True, has_registration=True)
AGENT_PROFILES = DocumentResource(Document.Kind.AGENT_PROFILE, "profileId", has_activity=False, has_agent=True)
ACTIVITY_PROFILES = DocumentResource(Document.Kind.ACTIVITY_PROFILE, "profileId", has_activity=True, has_agent=False)
