"""How fast channels may send, and who changed that. The page about delivery makes the rows, and changes them too."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from learners.history_admin import HistoryAdmin

from ..delivery.channel_states import set_by_hand
from ..models import ChannelState


@admin.register(ChannelState)
class ChannelStateAdmin(HistoryAdmin):
    list_display = ["channel", "per_second", "is_paused", "failures", "closed_until"]
    fields = ["channel", "per_second", "is_paused", "failures", "closed_until"]
    readonly_fields = ["channel", "failures", "closed_until"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ChannelState, form: Any, change: bool) -> None:
        """Only what people set: workers change the rest meanwhile."""
        set_by_hand(obj.channel, by=request.user, per_second=obj.per_second, is_paused=obj.is_paused)  # type: ignore[arg-type]
