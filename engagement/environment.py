"""The environment's variables, read strictly: what can't be read stops the start, by its name and with a hint."""

from decimal import InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
FALSE = frozenset({"false", "off", "n", "no", "0"})
DATABASES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})


class Environment(environ.Env):
    """As django-environ reads them, but a blank variable counts as one that is not there, and none is guessed."""

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **more: Any) -> Any:
        text = self.ENVIRON.get(var, "").strip()
        if not text and default is not self.NOTSET:
            return default
        if cast is bool and text.lower() not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{var} is {text!r}. Write true or false.")
        try:
            value = super().get_value(var, cast=cast, default=default, **more)
        except (ValueError, InvalidOperation) as error:
            raise ImproperlyConfigured(f"{var} is {text!r}. Write a number, for example {default}.") from error
        return [item.strip() for item in value if item.strip()] if cast is list else value

    # The addresses are not shown when they are wrong: they may hold a password.

    def database(self, var: str, *, default: str) -> dict[str, Any]:
        hint = "Write it like sqlite:////path/to/file or postgres://user:password@host:5432/name"
        try:
            found = self.db_url(var, default=default)
        except ValueError:
            raise ImproperlyConfigured(f"{var} can't be read. {hint}") from None
        if found.get("ENGINE") not in DATABASES:
            raise ImproperlyConfigured(f"{var} can't be read. {hint}")
        return found

    def mailer(self, var: str, *, default: str) -> dict[str, Any]:
        try:
            return self.email_url(var, default=default)
        except (ValueError, ImproperlyConfigured):
            raise ImproperlyConfigured(
                f"{var} can't be read. Write it like smtp+tls://user:password@host:587, or consolemail://"
            ) from None

    def secret(self, var: str) -> str:
        """A key that travels in a header: what no header can hold would break each call, and not the start."""
        text = self.str(var, default="")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ImproperlyConfigured(f"{var} has characters that no key has. Copy it again from where it was made.")
        return text

    def address(self, var: str, *, default: str = "") -> str:
        text = self.str(var, default=default)
        parts = urlsplit(text)
        if text and (parts.scheme not in {"http", "https"} or not parts.hostname or not text.isascii()):
            raise ImproperlyConfigured(f"{var} can't be read. Write it like https://api.example.org/messages")
        return text

    def redis(self, var: str) -> str:
        url = self.str(var, default="")
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ImproperlyConfigured(f"{var} can't be read. Write it like redis://127.0.0.1:6379/0")
        return url
