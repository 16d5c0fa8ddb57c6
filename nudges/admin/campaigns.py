"""Campaigns and segments, to look up; they are changed on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import Campaign, NudgeBatch, Segment


class RunInline(ReadOnlyMixin, admin.TabularInline):
    model = NudgeBatch
    fields = ["created_at", "day", "status", "starts_at", "started_at", "finished_at", "counts"]
    extra = 0
    verbose_name_plural = _("runs")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["name", "segment", "type", "recurrence", "is_on", "next_run_at", "owner", "approved_by"]
    list_filter = ["is_on", "recurrence", "type"]
    list_select_related = ["segment", "owner", "approved_by"]
    search_fields = ["name"]
    inlines = [RunInline]
    fieldsets = [
        (None, {"fields": ["name", "segment", "goal", "type", "is_on", "owner", "created_at", "page"]}),
        (_("Text"), {"fields": ["channels", "language", "source", "has_two_messages", "texts"]}),
        (_("Approval"), {"fields": ["approved_by", "approved_at"]}),
        (
            _("When"),
            {"fields": ["recurrence", "starts_at", "next_run_at", "window_from", "window_until", "usual_hour"]},
        ),
        (
            _("How carefully"),
            {
                "fields": [
                    "holdout_percent", "rollout_percent", "rollout_hours", "max_opt_out_percent",
                    "max_complaint_percent", "max_failure_percent",
                ]
            },
        ),
    ]  # fmt: skip

    @admin.display(description=_("page"))
    def page(self, campaign: Campaign) -> SafeString | str:
        if campaign.is_reminder:
            return "-"
        return format_html('<a href="{0}">{0}</a>', reverse("campaigns:campaign", args=[campaign.uuid]))


@admin.register(Segment)
class SegmentAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["name", "query", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name"]
