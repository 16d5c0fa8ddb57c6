"""Rows that are deleted one at a time, through their service: from each something follows for a class."""

from typing import Any

from django.http import HttpRequest


class OneAtATimeMixin:
    """For a ModelAdmin, before it."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        return {name: action for name, action in actions.items() if name != "delete_selected"}
