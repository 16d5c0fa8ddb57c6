"""A caller of the record store that sends exactly what it is told to, and a reader of what comes back."""

import base64
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.http import HttpResponseBase
from django.test import Client

Json = dict[str, Any]
MISSING = object()


def new_id() -> str:
    return str(uuid.uuid4())


def query_of(parameters: Json) -> str:
    """As the owner's suite writes queries: objects as encoded JSON, true as `true`, names and texts as they are."""
    return "&".join(
        f"{name}={quote(json.dumps(value), safe='') if isinstance(value, dict | bool) else value}"
        for name, value in parameters.items()
    )


@dataclass
class Lrs:
    """`version` None leaves its header out; so does `authorization` None."""

    version: str | None
    authorization: str | None = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(
        self,
        method: str,
        path: str,
        parameters: Json | str = "",
        *,
        json_body: Any = MISSING,
        body: bytes | str = b"",
        content_type: str = "",
        headers: dict[str, str] | None = None,
    ) -> HttpResponseBase:
        query = parameters if isinstance(parameters, str) else query_of(parameters)
        if json_body is not MISSING:
            body, content_type = json.dumps(json_body), content_type or "application/json"
        sent = {"X-Experience-API-Version": self.version, "Authorization": self.authorization, **(headers or {})}
        return self.client.generic(
            method,
            path if path.startswith("/xapi") else f"/xapi{path}",
            body.encode() if isinstance(body, str) else body,
            content_type=content_type,
            QUERY_STRING=query,
            headers={name: value for name, value in sent.items() if value is not None},
        )

    def get(self, path: str, parameters: Json | str = "", **more: Any) -> HttpResponseBase:
        return self.call("GET", path, parameters, **more)

    def head(self, path: str, parameters: Json | str = "", **more: Any) -> HttpResponseBase:
        return self.call("HEAD", path, parameters, **more)

    def post(self, path: str, parameters: Json | str = "", **more: Any) -> HttpResponseBase:
        return self.call("POST", path, parameters, **more)

    def put(self, path: str, parameters: Json | str = "", **more: Any) -> HttpResponseBase:
        return self.call("PUT", path, parameters, **more)

    def delete(self, path: str, parameters: Json | str = "", **more: Any) -> HttpResponseBase:
        return self.call("DELETE", path, parameters, **more)

    def send(self, statement: Any) -> HttpResponseBase:
        return self.post("/statements", json_body=statement)

    def store(self, statement: Json) -> str:
        """The id of the statement, which must be accepted."""
        answer = self.send(statement)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)[0]

    def fetch(self, statement_id: str, **parameters: Any) -> Json:
        answer = self.get("/statements", {"statementId": statement_id, **parameters})
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def find(self, **parameters: Any) -> Json:
        """The StatementResult."""
        answer = self.get("/statements", parameters)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


def ids_of(result: Json) -> list[str]:
    return [statement["id"] for statement in result["statements"]]


def basic(username: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()


def multipart(*parts: tuple[dict[str, str], bytes | str], boundary: str = "-------314159265358979323846") -> bytes:
    """Parts under the owner's favourite boundary, which begins with dashes itself."""
    lines = b""
    for headers, content in parts:
        lines += f"--{boundary}\r\n".encode()
        lines += "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"
        lines += (content.encode() if isinstance(content, str) else content) + b"\r\n"
    return lines + f"--{boundary}--\r\n".encode()


def parts_of(answer: HttpResponseBase) -> list[tuple[dict[str, str], bytes]]:
    """Read as the owner's reader does.

    It takes the boundary to be all that stands between `boundary=` and the next semicolon (so no quotes), uses it in
    a regular expression, swallows dashes before it, and wants CRLF after it.
    """
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    assert boundary
    assert re.escape(boundary).replace("\\-", "-") == boundary
    assert answer.content.partition(f"--{boundary}".encode())[2].startswith(b"\r\n")
    read = []
    for part in re.split(b"--*" + boundary.encode(), answer.content)[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        read.append(({name.lower(): value for name, value in headers.items()}, content.removesuffix(b"\r\n")))
    return read
