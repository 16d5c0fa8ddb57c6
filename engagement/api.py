"""The JSON API: joins the apps' routers, and gives all of them the same callers, limits and errors."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema
from pydantic import AwareDatetime

from .api_auth import CREDENTIALS, STRANGERS_TOO
from .api_errors import MESSAGES, ErrorOut, handle_errors
from .api_parsing import StrictJsonParser

DESCRIPTION = """
Learners with their risk, nudges and quizzes.

**People** get a token with their own account: `POST /_allauth/app/v1/auth/login` with
`{"username": "…", "password": "…"}` answers with `meta.access_token` (good for five minutes) and
`meta.refresh_token` (exchange it at `POST /_allauth/app/v1/tokens/refresh`). Logging out
(`DELETE /_allauth/app/v1/auth/session`) ends both. Five wrong passwords, and the account has to wait five minutes.

**Integrations** use an API key, which staff make in the admin. A key reads; one that "may write" also changes things.

Send either as `Authorization: Bearer …`; a key may also stand in `X-API-Key`. Whoever is logged in to the site in this
browser needs neither on this page.

Errors have one shape, `{"error": {"code", "message", "fields"}}`. Times are UTC.
"""

SHARED_ERRORS = (400, 401, 403, 404, 429)
SECONDS = {"type": "integer", "minimum": 1}


class EngageApi(NinjaAPI):
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The errors that every operation can answer with are written once, here."""
        schema = super().get_openapi_schema(**kwargs)
        error = ErrorOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update({**error.pop("$defs"), "ErrorOut": error})
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}
        answers = {
            f"Error{status}": {"description": message, "content": content} for status, (_, message) in MESSAGES.items()
        }
        answers["Error429"]["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": SECONDS}}
        schema["components"]["responses"] = answers
        for path in schema["paths"].values():
            for operation in path.values():
                for status in SHARED_ERRORS:
                    operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
        return schema


api = EngageApi(
    title="Engage API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=CREDENTIALS,
    parser=StrictJsonParser(),
    docs=Swagger(settings={"validatorUrl": None, "persistAuthorization": True}),
)
handle_errors(api)
api.add_router("", "learners.api.router", auth=STRANGERS_TOO)
api.add_router("", "riskscoring.api.router")
api.add_router("", "activity.completion.api.router")
api.add_router("", "activity.api_statements.router")
api.add_router("", "nudges.api.router")
api.add_router("", "nudges.batches.api.router")
api.add_router("", "nudges.campaigns.api.router")
api.add_router("", "nudges.tasks.api.router")
api.add_router("/debug", "engagement.debug_api.router")
api.add_router("/debug", "nudges.reminders.api.router")


class HealthOut(Schema):
    status: str
    time: AwareDatetime


@api.get("/health", auth=None, response=HealthOut, tags=["Health"])
def health(request: HttpRequest) -> dict[str, Any]:
    """The process answers. Nothing else is asked, so that a slow database does not get it restarted."""
    return {"status": "ok", "time": timezone.now()}
