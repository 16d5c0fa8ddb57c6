"""Messages that were set aside: to be tried again or settled here as on the page about the intake."""

import json

from django.contrib import admin, messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import PoisonedMessage
from ..streaming.poison import settle, try_again


@admin.register(PoisonedMessage)
class PoisonedMessageAdmin(admin.ModelAdmin):
    list_display = ["stream_id", "set_aside_at", "reason", "tries", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter)]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["stream_id", "reason"]
    fields = ["stream_id", "set_aside_at", "reason", "tries", "resolved_at", "content_readable"]
    readonly_fields = ["stream_id", "set_aside_at", "reason", "tries", "resolved_at", "content_readable"]
    actions = ["try_again", "settle"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PoisonedMessage | None = None) -> bool:
        """Its sender was told that it arrived: what became of it must stay tellable."""
        return False

    @admin.display(description=gettext_lazy("content"))
    def content_readable(self, message: PoisonedMessage) -> str:
        try:
            return json.dumps(json.loads(message.content), indent=2, ensure_ascii=True)
        except ValueError:
            return message.content

    @admin.action(description=gettext_lazy("Try again"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[PoisonedMessage]) -> None:
        try:
            outcomes = [try_again(message) for message in queryset.filter(resolved_at=None)]
        except DatabaseError:
            text = _("The database did not take it now. The message is as it was; try again later.")
            self.message_user(request, text, messages.ERROR)
            return
        worked, failed = outcomes.count(True), outcomes.count(False)
        text = ngettext("%(count)s message was taken in.", "%(count)s messages were taken in.", worked)
        self.message_user(request, text % {"count": worked}, messages.SUCCESS)
        if failed:
            text = ngettext("%(count)s message failed again.", "%(count)s messages failed again.", failed)
            self.message_user(request, text % {"count": failed}, messages.ERROR)

    @admin.action(description=gettext_lazy("Mark as settled"), permissions=["change"])
    def settle(self, request: HttpRequest, queryset: QuerySet[PoisonedMessage]) -> None:
        for message in queryset:
            settle(message)
