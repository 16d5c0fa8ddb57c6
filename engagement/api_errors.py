"""The one shape in which the API says no: {"error": {"code", "message", "fields"}}, for people and for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from pydantic import Field

from activity.store.incoming import StatementConflict
from activity.xapi.statements import InvalidStatement
from learners.services import InvalidLearner
from nudges.api import NotSent
from nudges.batches import TooLate
from nudges.batches.api import BulkRefused
from nudges.campaigns.services import CampaignNotReady
from nudges.quizzes import QuizRefused
from nudges.reasons import sentence_of
from nudges.services import TextRefused
from nudges.states import UNSURE
from nudges.tasks.rules import PromiseNeedsDate
from nudges.tasks.services import AlreadyClosed
from nudges.writers import WriterFailed

MESSAGES = {  # status → code, message; for the errors that no operation explains better
    400: ("bad_request", "The request could not be read. Compare it with /api/docs."),
    401: ("not_authenticated", "Say who you are: a token or an API key in the Authorization header. See /api/docs."),
    403: ("forbidden", "Your role or key may not do this. Ask a staff member for the right one."),
    404: ("not_found", "Nothing is here. Compare the address with /api/docs; it has no slash at its end."),
    409: ("not_sent", "Nothing was sent: the code and the message say why."),
    405: ("method_not_allowed", "This address does not take this method. The Allow header names those it takes."),
    413: ("too_large", "The request is too large. Send less at once."),
    429: ("rate_limited", "Too many requests. Wait as many seconds as the Retry-After header says."),
    500: ("internal_error", "Something broke on our side, and it has been written down. Please try again later."),
}


class ErrorDetail(Schema):
    code: str = Field(description="Stable, for programs", examples=["invalid"])
    message: str = Field(description="For people: what happened, and what to do")
    fields: dict[str, list[str]] = Field(description="What is wrong with each field; empty when it is none of them")


class ErrorOut(Schema):
    error: ErrorDetail


class ApiError(Exception):
    """An expected refusal. It leaves the API as the one error shape, with this status."""

    def __init__(self, status: int, code: str, message: str, fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, dict(fields or {})


def error_response(problem: ApiError, headers: Mapping[str, str] | None = None) -> JsonResponse:
    body = {"error": {"code": problem.code, "message": problem.message, "fields": problem.fields}}
    return JsonResponse(body, status=problem.status, headers=headers)


def plain_problem(status: int) -> ApiError:
    """What the status alone says."""
    nearest = status if status in MESSAGES else 500 if status >= 500 else 400
    code, message = MESSAGES[nearest]
    return ApiError(status, code if nearest == status else HTTPStatus(status).name.lower(), message)


def handle_errors(api: NinjaAPI) -> None:
    """Teach the API our shape. An unexpected exception still rises: Django logs it, ErrorShapeMiddleware answers."""
    api.add_exception_handler(ApiError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(InvalidLearner, _invalid_fields)
    api.add_exception_handler(QuizRefused, _invalid_fields)
    api.add_exception_handler(BulkRefused, _invalid_fields)
    api.add_exception_handler(TooLate, _too_late)
    api.add_exception_handler(CampaignNotReady, _not_ready)
    api.add_exception_handler(InvalidStatement, _invalid_statement)
    api.add_exception_handler(StatementConflict, _statement_conflict)
    api.add_exception_handler(NotSent, _not_sent)
    api.add_exception_handler(WriterFailed, _not_written)
    api.add_exception_handler(TextRefused, _text_refused)
    api.add_exception_handler(PromiseNeedsDate, _promise_needs_date)
    api.add_exception_handler(AlreadyClosed, _task_closed)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(RequestDataTooBig, lambda request, error: error_response(plain_problem(413)))
    api.add_exception_handler(RawPostDataException, lambda request, error: error_response(not_json()))
    api.add_exception_handler(Exception, _rise)


def invalid(fields: Mapping[str, list[str]]) -> ApiError:
    return ApiError(400, "invalid", "Some fields are not right. Each is named, with what it needs.", fields)


def not_json() -> ApiError:
    return ApiError(400, "not_json", "Send the body as JSON, with the header Content-Type: application/json.")


def _rise(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(error)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    problem = plain_problem(404)
    if error.args and isinstance(error.args[0], str):
        problem.message = error.args[0]
    return error_response(problem)


def _invalid_fields(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(invalid({"id" if name == "uid" else name: why for name, why in error.errors.items()}))


def _invalid_statement(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(invalid({error.path or "body": [error.message]}))


def _statement_conflict(request: HttpRequest, error: Any) -> HttpResponse:
    message = "Another statement is stored under an id that came with these. None of them was stored."
    return error_response(ApiError(409, "statement_conflict", message, {"id": [str(one) for one in error.ids]}))


def _not_sent(request: HttpRequest, error: Any) -> HttpResponse:
    reason = error.nudge.reason
    message = str(sentence_of(reason)) if reason in UNSURE else f"{sentence_of(reason)} Nothing was sent."
    return error_response(ApiError(409, reason, message))


def _not_written(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(ApiError(409, error.code, error.sentence))


def _text_refused(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(ApiError(409, "text_refused", str(error)))


def _too_late(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(ApiError(409, "too_late", str(error)))


def _not_ready(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(ApiError(409, "not_ready", str(error)))


def _promise_needs_date(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(invalid({"promised_on": [str(error)]}))


def _task_closed(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(ApiError(409, "task_closed", "This task is closed. Nothing was written."))


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, ApiError):  # raised while the body was parsed; ninja wraps it
        return error_response(error.__cause__)
    if isinstance(error.__cause__, RequestDataTooBig):
        return error_response(plain_problem(413))
    problem = plain_problem(error.status_code)
    headers = {}
    if error.status_code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="engage"'
    if isinstance(error, Throttled) and error.wait is not None:
        headers["Retry-After"] = str(error.wait)
    return error_response(problem, headers)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for one in error.errors:
        fields.setdefault(_field_name(one["loc"]), []).append(_sentence(one))
    return error_response(invalid(fields))


def _field_name(location: tuple[Any, ...]) -> str:
    """("body", "payload", "channel") → "channel"; ("query", "limit") → "limit"; ("body", "payload") → "body"."""
    source, *path = location
    if source == "query":  # ("query", "filters", "risk_level", 0) is about risk_level
        return [part for part in path if isinstance(part, str)][-1]
    inner = path[1:] if source == "body" else path
    return ".".join(str(part) for part in inner) or str(source)


def _sentence(error: dict[str, Any]) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "is needed."
        case "extra_forbidden":
            return "is not a field of this request. See /api/docs."
        case "enum" | "literal_error":
            return f"Choose one of: {context['expected'].replace(chr(39), '').replace(' or ', ', ')}."
        case "value_error":  # our own validators speak in sentences
            return str(context["error"])
        case _:
            return error["msg"].removesuffix(".") + "."
