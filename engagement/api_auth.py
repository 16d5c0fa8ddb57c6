"""Who calls the API: a person with a token or a session, or an integration with a key; and whether they may."""

from dataclasses import dataclass
from typing import Any

import cryptography.hazmat.backends  # allauth takes these two for loaded as soon as anybody loads another part of it
import cryptography.hazmat.primitives.ciphers  # noqa: F401
from allauth.account.adapter import get_adapter
from allauth.headless.tokens.strategies.jwt.internal import validate_access_token
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyHeader, HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from learners.api_keys import key_for
from learners.models import ApiKey

from .api_errors import ApiError, plain_problem
from .api_limits import count_call, count_stranger
from .permissions import key_may_open, may_open


@dataclass(frozen=True)
class Caller:
    """`request.auth` of an admitted call. A key has no user: what it does is nobody's but the integration's.

    With neither it is a stranger, whom only STRANGERS_TOO admits.
    """

    user: User | None = None
    key: ApiKey | None = None


def _route(request: Any) -> str:
    return request.resolver_match.route


def _admit_user(request: Any, user: User) -> Caller:
    count_call(f"user-{user.pk}", _route(request))
    if not may_open(user, _route(request), request.method):
        raise plain_problem(403)
    request.user = user  # the history of edits names them
    return Caller(user=user)


def _admit_key(request: Any, key: ApiKey | None) -> Caller:
    if key is None:
        raise AuthenticationError
    count_call(f"key-{key.pk}", _route(request))
    if not key_may_open(_route(request), request.method, can_write=True):
        raise plain_problem(403)
    if not key_may_open(_route(request), request.method, can_write=key.can_write):
        raise ApiError(403, "read_only_key", "This API key may only read. Ask a staff member for one that may write.")
    request.user = AnonymousUser()  # a session cookie that came along does not count
    return Caller(key=key)


class Bearer(HttpBearer):
    """`Authorization: Bearer …` with an access token or an API key. A wrong one is refused, not passed over."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        if token.startswith("eng_"):
            return _admit_key(request, key_for(token))
        found = validate_access_token(token)
        if found is None:
            raise AuthenticationError
        return _admit_user(request, found[0])


class ApiKeyHeader(APIKeyHeader):
    param_name = "X-API-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        return _admit_key(request, key_for(key)) if key else None


class Session(APIKeyCookie):
    """The browser's session, so that /api/docs works for those who are logged in. Changes need the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        return None  # the session's middleware has read the cookie, and CSRF is checked once there is a user

    def authenticate(self, request: Any, key: str | None) -> Caller | None:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise ApiError(403, "csrf_failed", "Send the csrftoken cookie's value as the header X-CSRFToken, too.")
        return _admit_user(request, request.user)


def admit_stranger(request: HttpRequest) -> Caller:
    """Whoever brings no credentials, so rarely that guessing and flooding lead nowhere."""
    count_stranger(get_adapter().get_client_ip(request), _route(request))
    return Caller()


CREDENTIALS = [Bearer(), ApiKeyHeader(), Session()]
STRANGERS_TOO = [*CREDENTIALS, admit_stranger]
