from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..access_keys import create_access_key, revoke_access_key
from ..models import AccessKey

CHOSEN_ONCE = ["can_read", "can_write", "version", "calls_per_minute"]


@admin.register(AccessKey)
class AccessKeyAdmin(admin.ModelAdmin):
    """Keys are made and revoked, never deleted: whose statements these are must stay tellable."""

    list_display = ["name", "username", "can_read", "can_write", "version", "created_by", "last_used_at", "revoked_at"]
    list_select_related = ["created_by"]
    list_filter = ["can_read", "can_write", "version", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "username"]
    readonly_fields = ["username", "created_by", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: AccessKey | None = None) -> list[Any]:
        return ["name", *CHOSEN_ONCE, *(self.readonly_fields if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: AccessKey | None = None) -> list[str]:
        """What a tool was given stays what it is, but for its limit."""
        return [*self.readonly_fields, *CHOSEN_ONCE[:-1]] if obj else list(self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: AccessKey | None = None) -> bool:
        return False

    def save_model(self, request: Any, obj: AccessKey, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "calls_per_minute"])
            return
        chosen = {name: getattr(obj, name) for name in CHOSEN_ONCE}
        key, secret = create_access_key(name=obj.name, **chosen, by=request.user)
        vars(obj).update(vars(key))
        words = _("Copy the key and its secret now, it can’t be shown again: %(username)s and %(secret)s")
        messages.warning(request, words % {"username": key.username, "secret": secret})

    @admin.action(description=gettext_lazy("Revoke the selected keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[AccessKey]) -> None:
        for key in keys:
            revoke_access_key(key)
        messages.success(request, _("The keys are revoked: from now on they open nothing."))
