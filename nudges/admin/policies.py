"""The limits that staff set: how often and when learners may hear from us, for each program, with their history."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learners.history_admin import HistoryAdmin

from ..models import ContactPolicy


@admin.register(ContactPolicy)
class ContactPolicyAdmin(HistoryAdmin):
    list_display = (
        "name", "max_per_day", "max_per_week", "min_gap_hours", "quiet_hours", "max_per_goal", "unanswered_limit",
        "updated_at",
    )  # fmt: skip
    list_select_related = ("program",)
    ordering = ("program__name",)
    fieldsets = (
        (None, {"fields": ("program",)}),
        (
            _("How often"),
            {
                "fields": ("max_per_day", "max_per_week", "min_gap_hours"),
                "description": _(
                    "Counted over all channels and all ways together: what a coordinator sends, bulk nudges, "
                    "campaigns and reminders. A day is the last 24 hours, a week the last 7 days."
                ),
            },
        ),
        (
            _("When"),
            {
                "fields": ("quiet_from", "quiet_until"),
                "description": _("In quiet hours nothing leaves. What was sent then waits until they end."),
            },
        ),
        (
            _("How long for one goal"),
            {
                "fields": ("max_per_goal", "goal_days", "template_rest_days", "unanswered_limit"),
                "description": _(
                    "After so many nudges on one goal without an answer, automation stops and a person gets a task."
                ),
            },
        ),
        (
            _("What must be known"),
            {
                "fields": ("min_inputs_known",),
                "description": _(
                    "Of the four facts behind the score. Automatic nudges to other learners are held back."
                ),
            },
        ),
    )

    @admin.display(description=_("for"), ordering="program__name")
    def name(self, policy: ContactPolicy) -> str:
        return str(policy)

    @admin.display(description=_("quiet hours"))
    def quiet_hours(self, policy: ContactPolicy) -> str:
        if policy.quiet_from == policy.quiet_until:
            return str(_("none"))
        return f"{policy.quiet_from:02}:00–{policy.quiet_until:02}:00"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Limits stay with their program: for another one there is another row."""
        return ("program",) if obj else ()
