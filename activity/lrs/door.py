"""The record store's door: every call under /xapi/ comes in here, and every answer goes out.

It stands before sessions, locales and pages: a tool has none of them, and sends thousands of statements.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ..refusals import note_refusal
from ..xapi.versions import Version, read_version
from . import about, activities, agents, cors, statements
from .alternate import is_alternate, unfold
from .answers import Answer, Refused
from .calls import Call, discard_body, read_body, read_call
from .connections import again_if_lost, trust_connection
from .credentials import check_scope, count_call, key_of
from .documents import ACTIVITY_PROFILES, AGENT_PROFILES, STATES

logger = logging.getLogger(__name__)

PREFIX = "/xapi/"
VERSION_HEADER = "X-Experience-API-Version"
EVERY_ANSWER = {
    **cors.HEADERS,
    "Cache-Control": "no-store",
    # A tool may keep a page as its document, and a form on any site may have us show it: it must not run as ours.
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
UNREMARKABLE = {404, 412}  # what well-made tools get too, when they look whether something is there


@dataclass(frozen=True)
class Resource:
    methods: tuple[str, ...]
    answer: Callable[[Call], Answer]
    is_open: bool = False  # to anyone, in any version


READ = ("GET", "HEAD")
DOCUMENT = ("GET", "HEAD", "PUT", "POST", "DELETE")
RESOURCES = {
    "statements": Resource(("GET", "HEAD", "PUT", "POST"), statements.answer),
    "activities/state": Resource(DOCUMENT, STATES.answer),
    "activities/profile": Resource(DOCUMENT, ACTIVITY_PROFILES.answer),
    "agents/profile": Resource(DOCUMENT, AGENT_PROFILES.answer),
    "activities": Resource(READ, activities.answer),
    "agents": Resource(READ, agents.answer),
    "about": Resource(READ, about.answer, is_open=True),
}


class DoorMiddleware:
    """Answers what is under /xapi/, and lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            return respond(request)
        return self.get_response(request)


@csrf_exempt
def respond(request: HttpRequest) -> HttpResponse:
    call = None
    try:
        resource = RESOURCES.get(request.path_info[len(PREFIX) :].strip("/"))  # an endpoint may end in a slash
        if request.method == "OPTIONS":
            return _response(Answer(204, headers=cors.PREFLIGHT_HEADERS), Version.V2)
        if resource is None:
            raise Refused(404, "There is no such resource.")
        call = read_call(request)
        if is_alternate(call):
            call.body = read_body(request)
            call = unfold(call)
        answer = _answer(request, call, resource)
    except Refused as refused:
        answer = refused.answer()
        if call is not None and refused.status not in UNREMARKABLE:
            _note(call, refused)
        discard_body(request)
    except (OperationalError, InterfaceError):
        logger.exception("The database did not answer a call of the record store")
        answer = Refused(503, "The record store is out of reach. Try again.", headers={"Retry-After": "5"}).answer()
    except Exception:
        logger.exception("A call of the record store broke")
        got_request_exception.send(sender=None, request=request)
        answer = Refused(500, "Something broke on our side. It is written down.").answer()
    if call is None:
        return _response(answer, Version.V2, head=request.method == "HEAD")
    return _response(answer, call.version, head=call.method == "HEAD")


def _answer(request: HttpRequest, call: Call, resource: Resource) -> Answer:
    call.version = _version_of(call, is_needed=not resource.is_open)
    if call.method not in resource.methods:
        raise Refused(405, f"{call.method} is not for this resource.", headers={"Allow": ", ".join(resource.methods)})
    if not resource.is_open:
        call.key = key_of(call.headers.get("authorization", ""))
        count_call(call.key)
        check_scope(call.key, call.method)
    if call.method in {"PUT", "POST"} and not call.body:
        call.body = read_body(request)
    if call.method in READ:
        trust_connection()
        return again_if_lost(lambda: resource.answer(call))
    return resource.answer(call)


def _version_of(call: Call, *, is_needed: bool) -> Version:
    """Before the credentials: a caller that speaks no version of ours would not understand what we say of them."""
    written = call.headers.get("x-experience-api-version")
    version = read_version(written) if written else None
    if version is None and is_needed:
        call.version = _default_version(call)
        asked = f"{written!r} is no version that we speak" if written else "The header is missing"
        raise Refused(400, f"{asked}: send {VERSION_HEADER}: 1.0.3, or 2.0.0.", path=VERSION_HEADER)
    if call.is_alternate and version != Version.V1:
        raise Refused(400, "?method=… is of version 1.0: this version has it no more.", path="method")
    return version or Version.V2


def _default_version(call: Call) -> Version:
    """The one in which a caller that names none is told so: that of its key."""
    try:
        return Version(key_of(call.headers.get("authorization", "")).version)
    except Refused:
        return Version.V2


def _note(call: Call, refused: Refused) -> None:
    if call.key is None:
        return  # strangers could fill the list
    reason = f"{refused.path}: {refused.message}" if refused.path else refused.message
    note_refusal(key=call.key, method=call.method, path=call.path, status=refused.status, reason=reason)


def _response(answer: Answer, version: Version, *, head: bool = False) -> HttpResponse:
    headers = {**EVERY_ANSWER, VERSION_HEADER: version.value, **answer.headers}
    if answer.status != 204:
        headers["Content-Type"] = answer.content_type
        headers["Content-Length"] = str(len(answer.content))
    response = HttpResponse(b"" if head else answer.content, status=answer.status, headers=headers)
    if answer.status == 204:
        del response["Content-Type"]
    return response
