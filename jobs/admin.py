"""To be looked at: only the program writes these."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import JobRun, Schedule


class _ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(JobRun)
class JobRunAdmin(_ReadOnly):
    list_display = ["started_at", "name", "status", "finished_at", "counts", "error"]
    list_filter = ["status", "name"]


@admin.register(Schedule)
class ScheduleAdmin(_ReadOnly):
    list_display = ["name", "fired_for"]
