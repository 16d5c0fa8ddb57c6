"""The API's door for statements: the same way in as /xapi/statements, with this API's keys, errors and limits."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from . import receiving
from .receiving import Kept
from .xapi.parsing import read_statements
from .xapi.statements import InvalidStatement
from .xapi.versions import Version, read_version

router = Router(tags=["Statements"])

VERSION_HEADER = "X-Experience-API-Version"
STATEMENT = {"type": "object", "required": ["actor", "verb", "object"]}
BODY = {
    "parameters": [
        {
            "in": "header",
            "name": VERSION_HEADER,
            "required": False,
            "description": "Of the specification that the statements keep to",
            "schema": {"type": "string", "default": Version.V2.value, "enum": [one.value for one in Version]},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [STATEMENT, {"type": "array", "items": STATEMENT}]}},
        },
    },
    "responses": {
        409: {
            "description": "Another statement is stored under an id that came with these. None of them was stored.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}},
        }
    },
}


class StatementsOut(Schema):
    ids: list[UUID] = Field(description="In the order in which the statements were sent")
    queued: bool = Field(description="They are safe, but can't be read yet: they wait in the stream to be stored")


@router.post("/xapi/statements", response=StatementsOut, openapi_extra=BODY)
def send_statements(request: HttpRequest) -> dict[str, Any]:
    """Send one xAPI statement, or an array of them: all are kept, or none.

    A statement that is there already is accepted and not stored again; another one under its id is refused with 409.
    Statements without an id are given one. What has attachments goes to `/xapi/statements`.
    """
    incoming = receiving.prepare(
        read_statements(_json_of(request), version=_version_of(request)), version=_version_of(request), key=None
    )
    kept = receiving.receive(incoming)
    return {"ids": [one.id for one in incoming], "queued": kept is Kept.QUEUED}


def _version_of(request: HttpRequest) -> Version:
    given = request.headers.get(VERSION_HEADER)
    version = Version.V2 if given is None else read_version(given)
    if version is None:
        raise InvalidStatement(VERSION_HEADER, f"Send {' or '.join(Version)}.")
    return version


def _json_of(request: HttpRequest) -> bytes:
    """The statements are kept as they came, so nobody may read and write them anew on their way."""
    if request.content_type != "application/json":
        raise InvalidStatement("Content-Type", "Send application/json.")
    return request.body
