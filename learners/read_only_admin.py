"""For rows in the admin that only the program writes: they are there to be looked at."""

from typing import Any

from django.http import HttpRequest


class ReadOnlyMixin:
    """For a ModelAdmin or an inline."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
